"""A log line becomes an Exchange.

    sources     what the user named becomes files        unpacking   gzip, zstd, plain; broken streams say so
    chunks      a file becomes chunks of whole lines     elements    one JSON array, element by element
    sniffing    which format a file has                  formats/    one file a format (open folder)
    decoding    a chunk becomes Exchanges and rejects    reading     all of it, in order, counted

    doctor      what a log lets one see, of ``presence`` (which fields), ``clocks`` (which times and hours),
                ``gaps`` (what the lack of each blinds, and the setting that fixes it) and ``findings``

What formats share: ``typed`` (errors as reasons), ``fields``, ``times``, ``headers``, ``identities`` and
``credentials`` (what may be kept of a name), ``requests``, ``replies``, ``streams`` and ``words`` (the many
shapes of a conversation), ``parameters``, ``failures``, ``otlp``.
"""
