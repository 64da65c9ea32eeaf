"""What ties say together: blocks, owners, and public material, on evidence written by hand."""

from math import log2

import numpy as np
import pyarrow as pa
import pytest

from excise.linking.carried import Carried, Evidence
from excise.linking.link import ties
from excise.linking.weighing import Measures, weigh

COUNT = 64


def evidence(carriers, traits=None):
    """Evidence of 64 accounts: for each tie the accounts that carry its value 0, its value 1 and so on."""
    carried = {}
    for name, values in carriers.items():
        rows = [(account, value) for value, accounts in enumerate(values) for account in accounts]
        account, value = (np.array(column, np.int64) for column in zip(*rows, strict=True))
        carried[name] = Carried(account, value, np.full(len(rows), np.nan), len(values))
    return Evidence(pa.array([f"a{n:02d}" for n in range(COUNT)]), carried, traits or {})


def weighed(carriers, owner=None, traits=None):
    chosen = {name: ties()[name] for name in (*carriers, *(traits or ()))}
    found = evidence(carriers, traits)
    return weigh(chosen, found, Measures(chosen, found), np.arange(COUNT) if owner is None else owner)


def weight(result, one, other):
    (row,) = np.flatnonzero((result.one == one) & (result.other == other))
    return float(result.weight[row])


def test_a_pair_pays_the_prior():
    result = weighed({"payment": [[0, 1]]})
    # log2(0.5 x 64 / 2) for, log2 64 prior
    assert weight(result, 0, 1) == pytest.approx(4.0 - 6.0)


def test_blocks_add_and_within_a_block_the_others_count_fifteen_percent():
    result = weighed({"payment": [[0, 1]], "credential": [[0, 1]], "address": [[0, 1]], "client": [[0, 1]]})
    payment, credential = log2(0.5 * 32), log2(0.2 * 32)  # one block
    address, client = log2(0.3 * 32), log2(0.4 * 32)  # another
    assert weight(result, 0, 1) == pytest.approx(payment + 0.15 * credential + client + 0.15 * address - 6.0)


def test_of_several_values_in_common_the_rarest_counts():
    result = weighed({"address": [[0, 1, 2, 3], [0, 1]]})
    assert result.by_tie["address"][(result.one == 0) & (result.other == 1)] == pytest.approx(log2(0.3 * 32))


def test_a_value_weighs_no_more_than_its_tie_allows(monkeypatch):
    monkeypatch.setattr(type(ties()["client"]), "most", 1.5)
    result = weighed({"client": [[0, 1]]})
    assert result.by_tie["client"].tolist() == [1.5]


def test_rarity_is_counted_in_owners():
    """Eight accounts carry a value: once they are held to be one owner's, it is as rare as an owner's."""
    apart = weighed({"payment": [list(range(8))]})
    owner = np.arange(COUNT)
    owner[:8] = 0
    as_one = weighed({"payment": [list(range(8))]}, owner)
    assert weight(apart, 0, 1) == pytest.approx(log2(0.5 * 64 / 8) - 6.0)
    assert weight(as_one, 0, 1) == pytest.approx(log2(0.5 * 57 / 1) - log2(57))


def test_a_value_that_speaks_for_nobody_makes_no_pair():
    assert len(weighed({"payment": [list(range(40))]}).weight) == 0  # log2(0.5 x 64 / 40) is below 0


def test_a_value_of_too_many_carriers_makes_no_pairs(monkeypatch):
    monkeypatch.setattr("excise.linking.weighing.MOST_CARRIERS", 3)
    result = weighed({"payment": [[0, 1, 2, 3], [4, 5]]})
    assert list(zip(result.one.tolist(), result.other.tolist(), strict=True)) == [(4, 5)]


def _sendings(minutes_apart):
    rows = [(f"a{n:02d}", prompt, n * minutes_apart * 60) for n in (0, 1) for prompt in range(4)]
    account, prompt, at_s = zip(*rows, strict=True)
    at = pa.array([s * 1_000_000 for s in at_s], pa.timestamp("us", "UTC"))
    return pa.table({"account": pa.array(account), "prompt": pa.array(prompt, pa.uint64()), "at": at})


def test_public_material_takes_the_script_block_away():
    """Two accounts with one template, all of whose prompts are the same: a benchmark, or one queue."""
    carriers = {"template": [[0, 1]], "address": [[0, 1]]}
    apart = weighed(carriers, traits={"replication": _sendings(500)})
    together = weighed(carriers, traits={"replication": _sendings(5)})
    template, address = log2(0.8 * 32), log2(0.3 * 32)
    assert weight(apart, 0, 1) == pytest.approx(address - 3.0 - 6.0)
    assert weight(together, 0, 1) == pytest.approx(template + address + 8.0 - 6.0)


def test_what_was_measured_is_not_measured_again(monkeypatch):
    asked = []
    tie = ties()["replication"]
    found = evidence({"payment": [[0, 1]]}, {"replication": _sendings(5)})
    original = type(tie).weights
    monkeypatch.setattr(
        type(tie),
        "weights",
        lambda self, traits, pairs: (asked.append(len(pairs.one)), original(self, traits, pairs))[1],
    )
    measures = Measures({"replication": tie}, found)
    first, _ = measures.of(np.array([1, 70]))
    again, _ = measures.of(np.array([1, 65, 70]))
    assert asked == [2, 1]
    assert first["replication"].tolist() == again["replication"][[0, 2]].tolist() == [8.0, 0.0]
