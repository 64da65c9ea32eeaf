"""What accounts sent is counted alike in memory and in the store."""

from excise.detection.campaign import Because
from excise.service.loop.standings import Known, Said, Sent, counts, known, sent, sent_in, standings


def test_memory_and_store_count_alike(bench, world):
    one = bench("one")
    for batch in world.rows.combine_chunks().to_batches():
        one.store.append(batch)
    one.store.flush()
    assert sent(world.rows) == sent_in(one.store)
    assert counts(world.rows) == {account: one_.exchanges for account, one_ in sent(world.rows).items()}


def test_an_account_stands_as_its_actor_does(world):
    said = Said("actor-1", 11.0, 8.0, "campaign-1", (Because(signal="pace", weight=1.0, text="x"),))
    found = standings(
        ["a", "b"],
        said,
        {"a": Sent(3, 9, 1.0, 2.0), "b": Sent(1, 2, 5.0, 5.0)},
        {"a": Known(verified=True, programme="research", organization="acme")},
    )
    assert [(s.account, s.bits, s.exchanges, s.verified, s.programme, s.organization) for s in found] == [
        ("a", 11.0, 3, True, "research", "acme"),
        ("b", 11.0, 1, None, None, None),
    ]


def test_the_directory_says_who_was_checked(world):
    found = known(world.tables["accounts"])
    assert set(found) == set(world.tables["accounts"]["account"].to_pylist())
    assert {one.verified for one in found.values()} <= {True, False, None}
    organizations = dict(
        zip(
            *(world.tables["accounts"][name].to_pylist() for name in ("account", "organization")), strict=True
        )
    )
    assert any(organizations.values())
    assert {account: one.organization for account, one in found.items()} == organizations
