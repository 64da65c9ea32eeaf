"""Record linkage of what the directory and the log show of accounts."""

import logging
from collections import Counter
from contextlib import suppress
from typing import ClassVar

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa

from excise.proving_ground.by_account import most_used
from excise.proving_ground.peers import Peer, Ranking, Seen, optional

_MATCH = 0.95
_PAIRS = 2e6
_BLOCKED = ("payment", "address", "block", "opening", "system")
_PLAIN = ("payment", "mail_domain", "signed_up", "client", "opening", "system", "sampler")


class Splink(Peer):
    """Splink on one record an account: directory fields, and what its requests show most often.

    Fellegi and Sunter's model as the reference program fits it: u by random sampling, m by expectation
    maximization over pairs that share an instrument, a block or an opening, agreement weighed by how common
    the value is, connected components of pairs that match with a probability of 0.95. A rule whose
    maximization the program gives up on, as an m goes to zero, is left out. It only links: the rank is the
    number of accounts of the owner it finds, then the account's strongest match. Of words it gets the keyed
    openings and system prompts that our observations hold. Needs the extra ``peers``.
    """

    source: ClassVar[str] = "Splink 5 (Linacre et al. 2022)"

    def rank(self, seen: Seen, *, seed: int) -> Ranking:
        """Fit the model and cluster."""
        splink, compare = optional("splink"), optional("splink.comparison_library")
        level = optional("splink.comparison_level_library")
        failed = optional("splink.internals.exceptions").EMTrainingException
        engine = splink.DuckDBAPI()
        engine.duckdb_con.sql("SET threads = 1")  # sums of floats must not depend on who was first
        network = [
            level.NullLevel("address"),
            level.ExactMatchLevel("address", term_frequency_adjustments=True),
            level.ExactMatchLevel("block", term_frequency_adjustments=True),
            level.ElseLevel(),
        ]
        settings = splink.SettingsCreator(
            link_type="dedupe_only",
            unique_id_column_name="account",
            comparisons=[
                *(compare.ExactMatch(name).configure(term_frequency_adjustments=True) for name in _PLAIN),
                compare.CustomComparison(network, output_column_name="network"),
            ],
            blocking_rules_to_generate_predictions=[splink.block_on(name) for name in _BLOCKED],
            probability_two_random_records_match=1 / max(2, len(seen.accounts)),
        )
        linker = splink.Linker(engine.register(_records(seen)), settings, log_level=logging.CRITICAL)
        linker.training.estimate_u_using_random_sampling(max_pairs=_PAIRS, seed=seed)
        for name in ("payment", "block", "opening"):
            # Where no two accounts share one, or an m falls below what Splink can hold, it gives up on that
            # rule, and what the others taught has to do.
            with suppress(failed, ValueError):
                linker.training.estimate_parameters_using_expectation_maximisation(splink.block_on(name))
        predicted = linker.inference.predict()
        clustered = linker.clustering.cluster_pairwise_predictions_at_threshold(
            predicted, threshold_match_probability=_MATCH
        ).as_dict()
        owner = dict(zip(clustered["account"], map(str, clustered["cluster_id"]), strict=True))
        pairs = predicted.as_dict()
        strongest = dict.fromkeys(seen.accounts, 0.0)
        for side in ("account_l", "account_r"):
            for account, probability in zip(pairs[side], pairs["match_probability"], strict=True):
                strongest[account] = max(strongest[account], float(probability))
        size = Counter(owner.values())
        rank = [size[owner[account]] + strongest[account] / 2 for account in seen.accounts]
        return Ranking(np.array(rank), tuple(owner[account] for account in seen.accounts))


def _records(seen: Seen) -> pa.Table:
    """Return one record an account, in the order of the accounts."""
    tables = seen.store.tables
    rows, known = tables.observations, tables.accounts
    placed = rows.left_join(tables.addresses, "address")
    sampler = [rows.model, rows.temperature, rows.top_p, rows.max_tokens, rows.n, rows.logprobs, rows.stream]
    columns: dict[str, ir.Table] = {
        "payment": known.select("account", value=known.payment_fingerprint),
        "mail_domain": known.select("account", value=known.email_domain),
        "signed_up": known.select("account", value=known.created_at.date().cast("string")),
        "address": most_used(rows, rows.address),
        "block": most_used(placed, placed.block),
        "client": most_used(rows, _joined([rows.client, rows.tls])),
        "opening": most_used(rows, rows.opening),
        "system": most_used(rows, rows.system),
        "sampler": most_used(rows, _joined(sampler)),
    }
    found: dict[str, pa.Array] = {"account": pa.array(seen.accounts, pa.string())}
    for name, expression in columns.items():
        table = seen.store.run(expression)
        value_of = dict(zip(table["account"].to_pylist(), table["value"].to_pylist(), strict=True))
        found[name] = pa.array([value_of.get(account) for account in seen.accounts], pa.string())
    return pa.table(found)


def _joined(values: list[ir.Value]) -> ir.Value:
    """Return an expression: values side by side; an absent one is a value too."""
    texts = [ibis.coalesce(value.cast("string"), ibis.literal("-")) for value in values]
    return ibis.literal(" ").join(texts)
