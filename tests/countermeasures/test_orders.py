import stat

import msgspec
import pytest

from excise.countermeasures.orders import Book, Order, OrderOver
from excise.errors import BadSetting, BadTable

ORDER = Order(
    countermeasure="green_list",
    campaign="campaign-7",
    because="400 accounts with one owner pull our model's replies",
    ordered_by="ann",
    from_s=100.0,
    until_s=200.0,
    appeal="appeals@provider.example",
)


@pytest.mark.parametrize("name", ["countermeasure", "campaign", "because", "ordered_by", "appeal"])
def test_an_order_says_all_that_a_customer_may_ask(name):
    with pytest.raises(BadSetting, match=f"says its '{name}'"):
        msgspec.convert({**msgspec.structs.asdict(ORDER), name: "  "}, Order)


@pytest.mark.parametrize("until_s", [100.0, 50.0, float("inf"), float("nan")])
def test_an_order_ends(until_s):
    with pytest.raises(BadSetting, match="has an end"):
        msgspec.structs.replace(ORDER, until_s=until_s)


@pytest.mark.parametrize("at_s", [99.9, 200.0, 1e9])
def test_nothing_is_done_outside_its_time(tmp_path, at_s):
    book = Book(tmp_path / "acts.jsonl")
    with pytest.raises(OrderOver, match="order of ann to use green_list on campaign-7"):
        book.enter(ORDER, reply="r-1", changed=1, unit="tokens", at_s=at_s)
    assert book.acts() == ()


def test_every_use_stands_in_the_book(tmp_path):
    path = tmp_path / "acts.jsonl"
    for n in range(3):
        Book(path).enter(ORDER, reply=f"r-{n}", changed=n, unit="tokens", at_s=100.0 + n)
    acts = Book(path).acts()
    assert [(act.reply, act.changed, act.at_s) for act in acts] == [
        ("r-0", 0, 100.0),
        ("r-1", 1, 101.0),
        ("r-2", 2, 102.0),
    ]
    assert acts[0].order == ORDER
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_damaged_book_is_named(tmp_path):
    path = tmp_path / "acts.jsonl"
    Book(path).enter(ORDER, reply="r", changed=1, unit="tokens", at_s=100.0)
    path.write_bytes(path.read_bytes() + b"{half")
    with pytest.raises(BadTable, match=r"acts\.jsonl, line 2"):
        Book(path).acts()
