"""Was that model trained on what we served? An answer in bits that holds whatever the suspect is.

    replies     what was served, and what could as well have been, as JSON lines
    pairs       a served reply and its twin
    validity    what refuses a test, or warns about it
    betting     fair bets: the log2 of their wealth is evidence in bits, at every moment
    methods     one file a test, with its hypothesis, its null, and what it does not prove
    suspects    one file a way to ask a model
    protocol    what is asked, of whom and until when, fixed and hashed before anyone looks
    journal     every paid answer is on disk before it is used
    asking      the run: a method, a suspect and the controls beside it
    finding     the folder that comes out of it, signed, and checked again offline

Nothing here needs the rest of Excise: logs, accounts and cases are another question.
"""
