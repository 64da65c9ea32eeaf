"""The tables of the state, in SQLAlchemy; ``migrations`` makes them, and a test holds the two together.

Texts are text, moments are epoch seconds, records that are never asked by a part of them are JSON.
"""

import msgspec
import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator


def as_json(record: object) -> str:
    """Return a record as the tables hold it: the same record is always the same text."""
    return msgspec.json.encode(record, order="sorted").decode()


class Json(TypeDecorator[object]):
    """A record as JSON text; what comes out are plain lists and mappings, for ``msgspec.convert``."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: object, dialect: sa.Dialect) -> str | None:  # noqa: ARG002 - as SQLAlchemy has it
        """Return the text."""
        return None if value is None else as_json(value)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> object:  # noqa: ARG002 - as above
        """Return the record."""
        return None if value is None else msgspec.json.decode(value)


METADATA = sa.MetaData()


def _text(name: str, *, key: bool = False, null: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, primary_key=key, nullable=null)


def _real(name: str, *, key: bool = False, null: bool = False) -> sa.Column[float]:
    return sa.Column(name, sa.Double, primary_key=key, nullable=null)


def _count(name: str, *, key: bool = False, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, primary_key=key, nullable=null, autoincrement=False)


def _flag(name: str, *, key: bool = False, null: bool = False) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, primary_key=key, nullable=null)


def _json(name: str, *, null: bool = True) -> sa.Column[object]:
    return sa.Column(name, Json, nullable=null)


COUNTERS = sa.Table("counters", METADATA, _text("name", key=True), _count("value"))
"""Numbers that are one for the deployment: the sequence of effects, the totals of traffic."""

LEDGER = sa.Table(
    "ledger",
    METADATA,
    _count("sequence", key=True),
    _real("at_s"),
    _text("by"),
    _text("verb"),
    _text("case_id", null=True),
    _text("about", null=True),
    _text("text"),
    _text("record", null=True),
    _text("previous"),
    _text("hash"),
    sa.Index("ledger_by_case", "case_id", "sequence"),
    sa.Index("ledger_by_about", "about", "sequence"),
)

CHECKPOINTS = sa.Table(
    "checkpoints",
    METADATA,
    _count("sequence", key=True),
    _text("hash"),
    _real("at_s"),
    _text("public_key"),
    _text("signature"),
)

ACTORS = sa.Table(
    "actors",
    METADATA,
    _text("actor", key=True),
    _json("because", null=False),
)

STANDINGS = sa.Table(
    "standings",
    METADATA,
    _text("account", key=True),
    _text("actor"),
    _real("bits"),
    _real("rank"),
    _text("campaign", null=True),
    _count("exchanges"),
    _count("tokens_out"),
    _real("started_at_s"),
    _real("ended_at_s"),
    _flag("verified", null=True),
    _text("programme", null=True),
    _text("organization", null=True),
    sa.Index("standings_by_actor", "actor", "account"),
    sa.Index("standings_by_campaign", "campaign", "account"),
    sa.Index("standings_by_programme", "programme", "account"),
    sa.Index("standings_by_rank", "rank", "account"),
    sa.Index("standings_by_bits", "bits", "account"),
    sa.Index("standings_by_exchanges", "exchanges", "account"),
)

STANDING_HISTORY = sa.Table(
    "standing_history",
    METADATA,
    _text("account", key=True),
    _real("at_s", key=True),
    _text("actor"),
    _real("bits"),
    _real("rank"),
    _text("campaign", null=True),
)

CAMPAIGNS = sa.Table(
    "campaigns",
    METADATA,
    _text("name", key=True),
    _text("actor"),
    _real("at_s"),
    _real("gone_at_s", null=True),
    _json("record", null=False),
    sa.Index("campaigns_by_actor", "actor"),
)

CASES = sa.Table(
    "cases",
    METADATA,
    _text("id", key=True),
    _text("title"),
    _flag("titled"),
    _text("status"),
    _real("opened_at_s"),
    _text("opened_by"),
    _real("changed_at_s"),
    _text("campaign", null=True),
    _text("actor", null=True),
    _count("size"),
    _count("verified"),
    _real("bits"),
    _real("rank"),
    _count("exchanges"),
    _count("tokens_out"),
    _real("trend", null=True),
    _real("gone_at_s", null=True),
    _text("assignee", null=True),
    _text("locked_by", null=True),
    _real("locked_until_s", null=True),
    _text("outcome", null=True),
    _text("outcome_because", null=True),
    _real("closed_at_s", null=True),
    _real("closed_bits", null=True),
    _text("merged_into", null=True),
    sa.Index("cases_by_campaign", "campaign"),
    sa.Index("cases_by_actor", "actor"),
    sa.Index("cases_by_merged_into", "merged_into"),
    *(
        sa.Index(f"cases_by_{one}", one, "id")
        for one in ("changed_at_s", "bits", "rank", "size", "exchanges")
    ),
    sa.Index("cases_by_status", "status", "bits", "id"),
)

CASE_ACCOUNTS = sa.Table(
    "case_accounts",
    METADATA,
    _text("case_id", key=True),
    _text("account", key=True),
    _flag("inside"),
    _flag("by_hand", null=True),
    _flag("live"),
    _real("since_s"),
    sa.Index("case_accounts_by_account", "account"),
    # An account is under investigation in one case at a time: the engine itself holds to it.
    sa.Index(
        "case_accounts_live",
        "account",
        unique=True,
        sqlite_where=sa.text("live"),
        postgresql_where=sa.text("live"),
    ),
)

CASE_CAMPAIGNS = sa.Table(
    "case_campaigns",
    METADATA,
    _text("campaign", key=True),
    _text("case_id"),
    sa.Index("case_campaigns_by_case", "case_id"),
)
"""The case to which a campaign belongs; a case may be several campaigns."""

CASE_EXPOSURE = sa.Table(
    "case_exposure",
    METADATA,
    _text("case_id", key=True),
    _count("day", key=True),
    _count("exchanges"),
    _count("tokens_out"),
)

CASE_SIGNALS = sa.Table(
    "case_signals",
    METADATA,
    _text("case_id", key=True),
    _text("signal", key=True),
    _real("weight"),
    _real("bits"),
    _text("outcome"),
    _real("closed_at_s"),
)

DECISIONS = sa.Table(
    "decisions",
    METADATA,
    _text("id", key=True),
    _text("key", null=True),
    _text("kind"),
    _text("scope"),
    _text("subject"),
    _text("status"),
    _text("reason"),
    _text("reason_code"),
    _text("made_by"),
    _real("made_at_s"),
    _real("starts_at_s"),
    _real("until_s"),
    _text("mode"),
    _real("share"),
    _flag("simulated"),
    _text("case_id", null=True),
    _text("rule", null=True),
    _json("limits"),
    _json("degradation"),
    _text("approved_by", null=True),
    _real("approved_at_s", null=True),
    _text("undone_by", null=True),
    _real("undone_at_s", null=True),
    _text("undone_because", null=True),
    _count("size"),
    _flag("begun"),
    sa.Index("decisions_by_key", "key", unique=True),
    sa.Index("decisions_by_subject", "scope", "subject", "status"),
    sa.Index("decisions_by_case", "case_id", "status"),
    sa.Index("decisions_by_until", "status", "until_s"),
    sa.Index("decisions_by_made", "made_at_s", "id"),
    sa.Index("decisions_by_rule", "rule", "made_at_s"),
    sa.Index("decisions_by_maker", "made_by", "made_at_s"),
)

EFFECTS = sa.Table(
    "effects",
    METADATA,
    _text("scope", key=True),
    _text("subject", key=True),
    _flag("simulated", key=True),
    _count("sequence"),
    _real("at_s"),
    _text("decision"),
    _json("record"),
    sa.Index("effects_by_sequence", "sequence", unique=True),
    sa.Index("effects_by_decision", "decision"),
)
"""An effect without a record is one that was lifted; it stays for a while so that gateways hear of it."""

PROGRAMMES = sa.Table(
    "programmes",
    METADATA,
    _text("name", key=True),
    _text("contract"),
    _real("starts_at_s"),
    _real("until_s"),
    _json("limits"),
    _text("added_by"),
    _real("added_at_s"),
    _real("ended_at_s", null=True),
    _text("ended_because", null=True),
    _flag("running"),
)

PROGRAMME_ACCOUNTS = sa.Table(
    "programme_accounts",
    METADATA,
    _text("programme", key=True),
    _text("account", key=True),
    _count("exchanges_before"),
    _count("tokens_out_before"),
    sa.Index("programme_accounts_by_account", "account"),
)

SNOOZES = sa.Table(
    "snoozes",
    METADATA,
    _text("id", key=True),
    _text("rule"),
    _text("actor"),
    _real("until_s"),
    _text("reason"),
    _text("made_by"),
    _real("made_at_s"),
    _real("ended_at_s", null=True),
    sa.Index("snoozes_by_actor", "actor", "rule"),
)

APPEALS = sa.Table(
    "appeals",
    METADATA,
    _text("id", key=True),
    _text("decision"),
    _text("case_id", null=True),
    _real("at_s"),
    _text("text"),
    _text("contact", null=True),
    _text("answer", null=True),
    _text("answered_by", null=True),
    _real("answered_at_s", null=True),
    _flag("granted", null=True),
    sa.Index("appeals_by_decision", "decision", "at_s"),
    sa.Index("appeals_by_case", "case_id"),
    sa.Index("appeals_by_at", "at_s"),
)

TOKENS = sa.Table(
    "tokens",
    METADATA,
    _text("id", key=True),
    _text("name"),
    _json("scopes", null=False),
    _text("digest"),
    _text("made_by"),
    _real("made_at_s"),
    _real("until_s", null=True),
    _real("revoked_at_s", null=True),
)

PEOPLE = sa.Table(
    "people",
    METADATA,
    _text("name", key=True),
    _text("role"),
    _text("password", null=True),
    _text("email", null=True),
    _text("identity", null=True),
    _real("added_at_s"),
    _real("disabled_at_s", null=True),
    _count("failures"),
    _real("failed_at_s", null=True),
    sa.Index("people_by_identity", "identity", unique=True),
)

SESSIONS = sa.Table(
    "sessions",
    METADATA,
    _text("digest", key=True),
    _text("person"),
    _text("csrf"),
    _real("began_at_s"),
    _real("seen_at_s"),
    _real("until_s"),
    sa.Index("sessions_by_person", "person"),
    sa.Index("sessions_by_until", "until_s"),
)

VIEWS = sa.Table(
    "views",
    METADATA,
    _text("person", key=True),
    _text("name", key=True),
    _text("query"),
)

OUTBOX = sa.Table(
    "outbox",
    METADATA,
    _text("id", key=True),
    _text("channel"),
    _text("event"),
    _json("message", null=False),
    _real("made_at_s"),
    _real("due_at_s", null=True),
    _real("claimed_until_s", null=True),
    _count("tries"),
    _real("sent_at_s", null=True),
    _text("error", null=True),
    sa.Index("outbox_by_due", "due_at_s"),
)
