"""Requests with equal parameters have one value, others another."""

from excise.ingest.exchange import Parameters
from excise.linking.combination import combination


def test_each_parameter_counts_and_order_does_not(sent, store_of):
    asked = [
        Parameters(temperature=0.5, n=2),
        Parameters(n=2, temperature=0.5),
        Parameters(temperature=0.5),
        Parameters(temperature=2.0, n=5),
        Parameters(),
    ]
    store = store_of([sent("a", at, "hello", parameters=p) for at, p in enumerate(asked)])
    seen = store.tables.observations
    rows = store.run(seen.select("started_at", value=combination(seen)).order_by("started_at"))
    values = rows["value"].to_pylist()
    assert values[0] == values[1]
    assert len(set(values)) == 4
