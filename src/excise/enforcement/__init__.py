"""Enforcement: a decision is carried out at a gateway, and undone.

    caller      who asks: account, credential, end user, address
    keys        what a subject is called in the table
    shelf       a million effects in compact columns
    table       which effects hold now; whole tables and changes are applied to it
    snapshot    the table as a file: the last one is kept while the service is down
    wire        effects as they travel to clients
    budgets     requests and tokens a minute, of an account or of an actor as a whole
    decide      a caller, the table and the budgets become an answer
    references  what a refused caller appeals with: signed, and telling nothing
    refusals    an answer in the shape of the provider's own errors
    desk        all of that together, as a gateway asks it
    client      a desk in another process, which goes on while the service is down
    traffic     what the ASGI middleware does to requests, replies and captured exchanges
    gateways    one file a gateway

Nothing here waits for a network while a request waits: an answer is a look-up in memory.
"""
