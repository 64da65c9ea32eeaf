"""The predicted impact of what somebody wants to decide, from the standings as they are."""

import sqlalchemy as sa

from excise.casework.decision import Decision, Draft, Mode, Status
from excise.casework.impact import Affected, Impact, impact_of
from excise.casework.state import effects, exemption
from excise.casework.state.database import Database, Reading
from excise.casework.state.tables import PROGRAMME_ACCOUNTS, STANDINGS

ALL_EXCHANGES = "exchanges of all accounts"


class Impacts:
    """Answers what would happen."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, draft: Draft, *, now_s: float) -> Impact:
        """Return the impact of a draft, were it decided now."""
        with self._database.reading() as reading:
            return impact(
                reading, decision_from(draft, by="", now_s=now_s), self._database.secret, now_s=now_s
            )

    def of_decision(self, decision: Decision, *, now_s: float) -> Impact:
        """Return the impact of a decision as it stands, proposed or active."""
        with self._database.reading() as reading:
            return impact(reading, decision, self._database.secret, now_s=now_s)


def decision_from(draft: Draft, *, by: str, now_s: float) -> Decision:
    """Return a draft as the decision that it would be, without an id."""
    starts_at_s = now_s + draft.delay_s
    return Decision(
        id="",
        kind=draft.kind,
        scope=draft.scope,
        subject=draft.subject,
        status=Status.PROPOSED,
        reason=draft.reason,
        reason_code=draft.reason_code,
        made_by=by,
        made_at_s=now_s,
        starts_at_s=starts_at_s,
        until_s=starts_at_s + draft.hours * 3_600.0,
        mode=draft.mode,
        share=draft.share if draft.mode is Mode.CANARY else 1.0,
        simulated=draft.mode is Mode.SHADOW,
        case=draft.case,
        rule=draft.rule,
        limits=draft.limits,
        degradation=draft.degradation,
    )


def impact(reading: Reading, decision: Decision, secret: bytes, *, now_s: float) -> Impact:
    """Return whom a decision touches, and how much of all traffic."""
    return impact_of(
        affected(reading, decision, secret, now_s=now_s),
        all_exchanges=reading.counter(ALL_EXCHANGES),
        simulated=decision.simulated,
    )


def affected(reading: Reading, decision: Decision, secret: bytes, *, now_s: float) -> tuple[Affected, ...]:
    """Return the accounts that a decision is about with what is known of them, in one question."""
    asked = effects.whom(reading, decision)
    if asked is None:
        return ()
    whom, of, listed = asked.subquery(), STANDINGS.c, PROGRAMME_ACCOUNTS.c
    rows = reading.tuples(
        sa.select(
            whom.c.account,
            of.actor,
            of.organization,
            of.verified,
            of.exchanges,
            of.tokens_out,
            of.programme,
            sa.exists().where(listed.account == whom.c.account).label("listed"),
        )
        .select_from(whom.outerjoin(STANDINGS, of.account == whom.c.account))
        .order_by(whom.c.account)
    )
    named = {account: programme for account, *_, programme, _ in rows if programme is not None}
    exempt: dict[str, str] = {}
    if named or any(row[-1] for row in rows):
        exempt = exemption.covered_of(reading, named, at_s=now_s)
    return tuple(
        Affected(
            account=account,
            actor=actor,
            organization=organization,
            verified=verified,
            exchanges=exchanges or 0,
            tokens_out=tokens_out or 0,
            programme=exempt.get(account),
            picked=effects.picked(decision, account, secret),
        )
        for account, actor, organization, verified, exchanges, tokens_out, _, _ in rows
    )
