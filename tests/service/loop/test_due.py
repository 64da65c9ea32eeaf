"""Who is due: an actor that grew by a tenth, and each exchange is looked at a few times, ever."""

from excise.service.loop.due import Due


def test_each_exchange_is_looked_at_about_ten_times_however_large_the_actor_is() -> None:
    for rows in (1_000, 100_000):
        due, looked_at = Due({}), 0
        for held in range(1, rows + 1):
            due.came({"a": 1}, owner_of=str)
            if due.waiting():
                looked_at += held
                due.judged("a", held)
        assert looked_at <= 12 * rows


def test_what_came_to_an_account_counts_for_its_owner() -> None:
    due = Due({"a": 20})
    due.came({"b": 1}, owner_of=lambda _: "a")
    assert due.waiting() == []
    due.came({"c": 1}, owner_of=lambda _: "a")
    assert due.waiting() == ["a"]


def test_owners_that_joined_another_do_not_wait_any_more() -> None:
    due = Due({"a": 20, "b": 1})
    due.came({"b": 1}, owner_of=str)
    due.joined("a", 2, ["b"])
    assert due.waiting() == []
    due.came({"a": 2}, owner_of=str)
    assert due.waiting() == []
    due.came({"a": 1}, owner_of=str)
    assert due.waiting() == ["a"]


def test_who_is_put_off_waits_for_more() -> None:
    due = Due({})
    due.came({"a": 1}, owner_of=str)
    due.put_off("a")
    assert due.waiting() == []
