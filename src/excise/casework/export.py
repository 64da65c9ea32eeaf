"""A case as one JSON document: all that is known of it, and nothing that a customer wrote to a model."""

import msgspec
from msgspec import Struct

from excise.casework.case import Case, Event
from excise.casework.decision import Decision, DecisionFilter
from excise.casework.standing import Standing
from excise.casework.state import State
from excise.casework.state.appeals import Appeal
from excise.detection.campaign import Campaign

SCHEMA = "excise-case/1"
_MOST_DECISIONS = 1_000


class Document(Struct, frozen=True, kw_only=True):
    """A case with its campaign, standings, decisions, appeals and timeline, and who took it out, when."""

    schema: str
    exported_at_s: float
    exported_by: str
    case: Case
    campaign: Campaign | None
    standings: tuple[Standing, ...]
    decisions: tuple[Decision, ...]
    appeals: tuple[Appeal, ...]
    events: tuple[Event, ...]


def export(state: State, case: str, *, by: str, now_s: float) -> bytes:
    """Return a case as JSON. That it was exported is in the ledger.

    Raises:
        NoSuchRecord: there is none.
    """
    made = written(state, case, by=by, now_s=now_s)
    state.ledger.saw(f"the whole of {case}, exported", case=case, by=by, now_s=now_s)
    return made


def written(state: State, case: str, *, by: str, now_s: float) -> bytes:
    """Return a case as JSON, for who writes into the ledger that it goes out.

    Raises:
        NoSuchRecord: there is none.
    """
    found = state.cases.get(case)
    page = state.decisions.list(DecisionFilter(case=case), most=_MOST_DECISIONS)
    document = Document(
        schema=SCHEMA,
        exported_at_s=now_s,
        exported_by=by,
        case=found,
        campaign=state.standings.campaign(found.campaign) if found.campaign is not None else None,
        standings=state.standings.of_accounts(found.accounts),
        decisions=page.decisions,
        appeals=state.appeals.of_case(case),
        events=state.cases.events(case),
    )
    return msgspec.json.format(msgspec.json.encode(document), indent=1)
