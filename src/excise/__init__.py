"""Excise finds the accounts that, acting together, pull training data out of a language-model API.

The folders stand in the order in which the data travels:

    ingest           a log line becomes an Exchange
    observation      an Exchange becomes an Observation: words stop here
    store            observations are kept, asked and forgotten
    linking          accounts become Actors
    behavior         observations of an actor become a Profile
    detection        a Profile becomes Signals, and a Campaign
    casework         cases, decisions, programmes, the ledger
    enforcement      a decision is carried out, and undone
    report           figures, tables, and the self-contained page
    scan             the journey once, end to end
    countermeasures  what may be done to replies, so that a copy of the model can be told
    lineage          was that model trained on our replies?
    service          exchanges in, decisions out, the loop between
    console          people watch and decide
    proving_ground   does any of this work?
    conformance      does a member of an open folder keep its contract?
    cli              one file a verb

One rule, one unit: each stage turns one kind of record into the next, and strength of evidence is in bits. *b
bits* means: were the innocent explanation true, evidence this strong would come up at most once in 2^b times.
"""

__version__ = "0.1.0"
