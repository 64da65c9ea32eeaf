import click
import pytest

from excise.casework.decision import Degradation, Kind, Mode, Scope, end_user_subject
from excise.cli.decide._drafting import Drafting, draft_of


def options(**fields):
    none = dict.fromkeys(("case", "account", "end_user", "address", "rpm", "tpm"))
    usual = {"kind": "block", "hours": 5.0, "mode": "live", "share": 0.1, "reason_code": "c"}
    return Drafting(**{**none, **usual, **fields})


def test_whom_it_is_about(deployed):
    with deployed.opened() as deployment:
        state = deployment.state
        about = draft_of(state, options(case=deployed.case), reason="r")
        assert (about.scope, about.subject, about.case) == (Scope.ACTOR, "actor-a", deployed.case)
        one = draft_of(state, options(case=deployed.case, account="acct_0", mode="shadow"), reason="r")
        assert (one.scope, one.subject, one.case, one.mode) == (
            Scope.ACCOUNT,
            "acct_0",
            deployed.case,
            Mode.SHADOW,
        )
        degrade = draft_of(state, options(kind="degrade", address="203.0.113.1"), reason="r")
        assert (degrade.kind, degrade.scope, degrade.degradation) == (
            Kind.DEGRADE,
            Scope.ADDRESS,
            Degradation(),
        )
        customer = draft_of(state, options(account="team/eu", end_user="ann"), reason="r")
        assert (customer.scope, customer.subject) == (Scope.END_USER, end_user_subject("team/eu", "ann"))
        with pytest.raises(click.UsageError, match="say whom"):
            draft_of(state, options(), reason="r")
