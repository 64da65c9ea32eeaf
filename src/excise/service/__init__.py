"""The service: exchanges in, decisions out, the loop between.

    journal      what was acknowledged, until the store has it
    capture      what gateways send becomes observations, and is acknowledged once it cannot be lost
    settings     the settings file
    folder       the data folder: what is where in it, and what a first run makes
    tokens       which token may do what, known in memory
    limits       how fast a token may ask
    refusals     what is wrong with a request, in one shape
    guard        one table of endpoints: who may, how much, and what is counted
    metrics      what Prometheus reads
    gauges       what the metrics read of each part
    logs         structured lines, without words and secrets
    health       is it alive, is it ready
    openapi      the table of endpoints as an OpenAPI document
    appeals      where refused callers appeal
    forgetting   an account leaves the journal, the spool and the store
    refreshing   the table of decisions follows the state
    looping      the process in which the loop runs, as the server sees it
    knowing      account directory, networks and releases go into the store
    turning      what that process does
    loop         one turn: what grew is judged, what changed is handed to casework
    supervising  a process is kept running
    protocol     HTTP connections that dawdle are closed
    app          all endpoints together
    starting     what is made and told before it runs
    running      the whole service, from start to end
    doctor       what a running gateway lets its callers hide

One process answers requests, one observes, one turns the loop; the first keeps the others running.
"""
