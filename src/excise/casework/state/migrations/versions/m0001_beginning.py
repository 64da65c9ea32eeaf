"""The tables as they began."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "actors",
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("actor"),
    )
    op.create_table(
        "appeals",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=True),
        sa.Column("at_s", sa.Double(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("answered_by", sa.Text(), nullable=True),
        sa.Column("answered_at_s", sa.Double(), nullable=True),
        sa.Column("granted", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("appeals_by_at", "appeals", ["at_s"], unique=False)
    op.create_index("appeals_by_case", "appeals", ["case_id"], unique=False)
    op.create_index("appeals_by_decision", "appeals", ["decision", "at_s"], unique=False)
    op.create_table(
        "campaigns",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("at_s", sa.Double(), nullable=False),
        sa.Column("gone_at_s", sa.Double(), nullable=True),
        sa.Column("record", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_index("campaigns_by_actor", "campaigns", ["actor"], unique=False)
    op.create_table(
        "case_accounts",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("inside", sa.Boolean(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=True),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("since_s", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "account"),
    )
    op.create_index("case_accounts_by_account", "case_accounts", ["account"], unique=False)
    op.create_index(
        "case_accounts_live",
        "case_accounts",
        ["account"],
        unique=True,
        sqlite_where=sa.text("live"),
        postgresql_where=sa.text("live"),
    )
    op.create_table(
        "case_campaigns",
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("campaign"),
    )
    op.create_index("case_campaigns_by_case", "case_campaigns", ["case_id"], unique=False)
    op.create_table(
        "case_exposure",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("day", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("exchanges", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tokens_out", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "day"),
    )
    op.create_table(
        "case_signals",
        sa.Column("case_id", sa.Text(), nullable=False),
        sa.Column("signal", sa.Text(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("bits", sa.Double(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("closed_at_s", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "signal"),
    )
    op.create_table(
        "cases",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("titled", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("opened_at_s", sa.Double(), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("changed_at_s", sa.Double(), nullable=False),
        sa.Column("campaign", sa.Text(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("verified", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("bits", sa.Double(), nullable=False),
        sa.Column("rank", sa.Double(), nullable=False),
        sa.Column("exchanges", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tokens_out", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("trend", sa.Double(), nullable=True),
        sa.Column("gone_at_s", sa.Double(), nullable=True),
        sa.Column("assignee", sa.Text(), nullable=True),
        sa.Column("locked_by", sa.Text(), nullable=True),
        sa.Column("locked_until_s", sa.Double(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("outcome_because", sa.Text(), nullable=True),
        sa.Column("closed_at_s", sa.Double(), nullable=True),
        sa.Column("closed_bits", sa.Double(), nullable=True),
        sa.Column("merged_into", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("cases_by_actor", "cases", ["actor"], unique=False)
    op.create_index("cases_by_bits", "cases", ["bits", "id"], unique=False)
    op.create_index("cases_by_campaign", "cases", ["campaign"], unique=False)
    op.create_index("cases_by_changed_at_s", "cases", ["changed_at_s", "id"], unique=False)
    op.create_index("cases_by_exchanges", "cases", ["exchanges", "id"], unique=False)
    op.create_index("cases_by_merged_into", "cases", ["merged_into"], unique=False)
    op.create_index("cases_by_rank", "cases", ["rank", "id"], unique=False)
    op.create_index("cases_by_size", "cases", ["size", "id"], unique=False)
    op.create_index("cases_by_status", "cases", ["status", "bits", "id"], unique=False)
    op.create_table(
        "checkpoints",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("at_s", sa.Double(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sequence"),
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "decisions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at_s", sa.Double(), nullable=False),
        sa.Column("starts_at_s", sa.Double(), nullable=False),
        sa.Column("until_s", sa.Double(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("limits", sa.Text(), nullable=True),
        sa.Column("degradation", sa.Text(), nullable=True),
        sa.Column("approved_by", sa.Text(), nullable=True),
        sa.Column("approved_at_s", sa.Double(), nullable=True),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.Column("undone_at_s", sa.Double(), nullable=True),
        sa.Column("undone_because", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("begun", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("decisions_by_case", "decisions", ["case_id", "status"], unique=False)
    op.create_index("decisions_by_key", "decisions", ["key"], unique=True)
    op.create_index("decisions_by_made", "decisions", ["made_at_s", "id"], unique=False)
    op.create_index("decisions_by_maker", "decisions", ["made_by", "made_at_s"], unique=False)
    op.create_index("decisions_by_rule", "decisions", ["rule", "made_at_s"], unique=False)
    op.create_index("decisions_by_subject", "decisions", ["scope", "subject", "status"], unique=False)
    op.create_index("decisions_by_until", "decisions", ["status", "until_s"], unique=False)
    op.create_table(
        "effects",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("simulated", sa.Boolean(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at_s", sa.Double(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("scope", "subject", "simulated"),
    )
    op.create_index("effects_by_decision", "effects", ["decision"], unique=False)
    op.create_index("effects_by_sequence", "effects", ["sequence"], unique=True)
    op.create_table(
        "ledger",
        sa.Column("sequence", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at_s", sa.Double(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("case_id", sa.Text(), nullable=True),
        sa.Column("about", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("record", sa.Text(), nullable=True),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sequence"),
    )
    op.create_index("ledger_by_about", "ledger", ["about", "sequence"], unique=False)
    op.create_index("ledger_by_case", "ledger", ["case_id", "sequence"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("made_at_s", sa.Double(), nullable=False),
        sa.Column("due_at_s", sa.Double(), nullable=True),
        sa.Column("claimed_until_s", sa.Double(), nullable=True),
        sa.Column("tries", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sent_at_s", sa.Double(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("outbox_by_due", "outbox", ["due_at_s"], unique=False)
    op.create_table(
        "people",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("identity", sa.Text(), nullable=True),
        sa.Column("added_at_s", sa.Double(), nullable=False),
        sa.Column("disabled_at_s", sa.Double(), nullable=True),
        sa.Column("failures", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("failed_at_s", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_index("people_by_identity", "people", ["identity"], unique=True)
    op.create_table(
        "programme_accounts",
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("exchanges_before", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tokens_out_before", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("programme", "account"),
    )
    op.create_index("programme_accounts_by_account", "programme_accounts", ["account"], unique=False)
    op.create_table(
        "programmes",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("contract", sa.Text(), nullable=False),
        sa.Column("starts_at_s", sa.Double(), nullable=False),
        sa.Column("until_s", sa.Double(), nullable=False),
        sa.Column("limits", sa.Text(), nullable=True),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at_s", sa.Double(), nullable=False),
        sa.Column("ended_at_s", sa.Double(), nullable=True),
        sa.Column("ended_because", sa.Text(), nullable=True),
        sa.Column("running", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "sessions",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("csrf", sa.Text(), nullable=False),
        sa.Column("began_at_s", sa.Double(), nullable=False),
        sa.Column("seen_at_s", sa.Double(), nullable=False),
        sa.Column("until_s", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("sessions_by_person", "sessions", ["person"], unique=False)
    op.create_index("sessions_by_until", "sessions", ["until_s"], unique=False)
    op.create_table(
        "snoozes",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("until_s", sa.Double(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at_s", sa.Double(), nullable=False),
        sa.Column("ended_at_s", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("snoozes_by_actor", "snoozes", ["actor", "rule"], unique=False)
    op.create_table(
        "standing_history",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("at_s", sa.Double(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("bits", sa.Double(), nullable=False),
        sa.Column("rank", sa.Double(), nullable=False),
        sa.Column("campaign", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("account", "at_s"),
    )
    op.create_table(
        "standings",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("bits", sa.Double(), nullable=False),
        sa.Column("rank", sa.Double(), nullable=False),
        sa.Column("campaign", sa.Text(), nullable=True),
        sa.Column("exchanges", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("tokens_out", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("started_at_s", sa.Double(), nullable=False),
        sa.Column("ended_at_s", sa.Double(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=True),
        sa.Column("programme", sa.Text(), nullable=True),
        sa.Column("organization", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("account"),
    )
    op.create_index("standings_by_actor", "standings", ["actor", "account"], unique=False)
    op.create_index("standings_by_bits", "standings", ["bits", "account"], unique=False)
    op.create_index("standings_by_campaign", "standings", ["campaign", "account"], unique=False)
    op.create_index("standings_by_exchanges", "standings", ["exchanges", "account"], unique=False)
    op.create_index("standings_by_programme", "standings", ["programme", "account"], unique=False)
    op.create_index("standings_by_rank", "standings", ["rank", "account"], unique=False)
    op.create_table(
        "tokens",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at_s", sa.Double(), nullable=False),
        sa.Column("until_s", sa.Double(), nullable=True),
        sa.Column("revoked_at_s", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "views",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person", "name"),
    )
