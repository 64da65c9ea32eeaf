"""Traffic: what the ASGI middleware does to requests, replies and captured exchanges.

    requests    a degraded caller's request asks for less
    replies     a degraded caller's reply says less, whole or as it streams
    recording   what was sent and answered becomes a line for the service
    outbox      lines wait in bounded memory and are sent by a thread of their own
    spool       lines wait on disk, encrypted, while the service is down

Words pass through here and are kept nowhere but in the outbox and the encrypted spool.
"""
