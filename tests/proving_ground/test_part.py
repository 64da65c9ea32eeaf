from excise.detection.judge import judge
from excise.proving_ground.part import Part


def test_only_the_kept_accounts_are_there(store_of, sent):
    store = store_of(
        [sent(account, n, "hello") for n, account in enumerate("abcab")],
        accounts=[{"account": "a"}, {"account": "c"}],
    )
    part = Part.of(store, {"a", "b"})
    assert sorted(part.run(part.tables.observations)["account"].to_pylist()) == ["a", "a", "b", "b"]
    assert part.run(part.tables.accounts)["account"].to_pylist() == ["a"]
    other = Part.of(store, {"c"})
    assert other.run(other.tables.observations)["account"].to_pylist() == ["c"]


def test_it_is_judged_as_if_the_others_had_never_been(store_of, sent):
    exchanges = {
        account: [sent(account, n * 60.0, f"question {n} of {account}") for n in range(8)]
        for account in "abcd"
    }
    whole = store_of([one for each in exchanges.values() for one in each])
    alone = store_of([*exchanges["a"], *exchanges["b"]])
    assert judge(Part.of(whole, {"a", "b"}), seed=1).verdicts() == judge(alone, seed=1).verdicts()
