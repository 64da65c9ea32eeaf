"""The state of a deployment: standings, cases, decisions, effects, programmes, people, and their ledger.

    with State.open(folder / "excise.db", secret=secret, now_s=now_s) as state:
        received = state.standings.receive(round, policy, now_s=now_s)

Everything that writes says who and when, and writes its entry in the ledger in the same transaction.
"""

from excise.casework.state.opening import State

__all__ = ["State"]
