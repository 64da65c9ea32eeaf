import numpy as np

from excise.proving_ground.by_account import by_account, feature_table, most_used
from excise.proving_ground.peers import Seen


def _seen(store, *accounts):
    return Seen(store, accounts, {account: account for account in accounts})


def test_values_come_in_the_order_of_the_accounts(store_of, sent):
    store = store_of([sent("b", 1), sent("b", 2), sent("a", 3)])
    rows = store.tables.observations
    counted = rows.group_by("account").agg(value=rows.count())
    assert by_account(_seen(store, "a", "b", "c"), counted).tolist() == [1, 2, 0]
    assert by_account(_seen(store, "c", "b"), counted, absent=-1.0).tolist() == [-1, 2]


def test_the_most_used_value_and_of_equals_the_least(store_of, sent):
    clients = [("a", "y"), ("a", "x"), ("a", "y"), ("b", "q"), ("b", "p"), ("c", None)]
    store = store_of([sent(account, n, user_agent=client) for n, (account, client) in enumerate(clients)])
    rows = store.tables.observations
    found = store.run(most_used(rows, rows.client)).to_pylist()
    assert sorted((row["account"], row["value"]) for row in found) == [("a", "y"), ("b", "p")]


def test_the_feature_table_is_whole_and_scaled(world_store):
    rows = world_store.run(world_store.tables.observations.select("account").distinct())
    table = feature_table(_seen(world_store, *sorted(rows["account"].to_pylist())))
    assert table.shape[0] == rows.num_rows
    assert table.shape[1] > 8
    assert np.isfinite(table).all()
    assert np.allclose(table.mean(axis=0), 0, atol=1e-9)
    assert np.allclose(table.std(axis=0), 1)


def test_one_account_has_a_table_too(store_of, sent):
    assert feature_table(_seen(store_of([sent("a", 1, "hello")]), "a")).tolist() == [[0.0]]
