"""A log line becomes an Exchange.

    sources       what the user named becomes files          unpacking   gzip, zstd, plain; broken streams say
    so chunks        a file becomes chunks of whole lines       elements    one JSON array, element by element
    sniffing      which format a file has                    formats/    one file a format (open folder)
    decoding      a chunk becomes Exchanges and rejects      reading     all of it, in order, counted doctor
    which fields are there, and what the absence of one blinds

What formats share: ``typed`` (errors as reasons), ``times``, ``identities`` and ``credentials`` (what may be
kept of a name), ``words`` and ``replies`` (the many shapes of a conversation), ``parameters``, ``failures``.
"""
