"""Capture: what gateways send becomes observations, and is acknowledged once it cannot be lost.

delivery   what travels between the server and the process that observes
bodies     a request's body becomes records, whatever it was packed and batched as
otlp       bodies of OpenTelemetry become records, and replies as OTLP says
recent     which records arrived of late
observing  records become rows and sealed words; each has its fate
rejected   records that could not be read are written down, without words
work       deliveries become one group of the journal, and replies
worker     the process in which that happens: it has an interpreter of its own, and the loop of the server
           never waits for it
client     the server's side of it: it waits for answers, and refuses what is too much
endpoints  the addresses that gateways send to
tail       files that a gateway writes are followed
"""
