import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from excise.errors import BadTable
from excise.proving_ground.content.own import all_grammars
from excise.proving_ground.content.real import (
    RealItem,
    RealStock,
    Turn,
    read_rates,
    read_sources,
    source_names,
)
from excise.proving_ground.dice import Dice


def _rows():
    def row(source, side, subtype, n, turn=0):
        return {
            "source": source,
            "side": side,
            "subtype": subtype,
            "conversation_id": f"{source}-{n}",
            "turn": turn,
            "system": None,
            "prompt": f"{source} says {n}.{turn}",
            "response": f"reply {n}.{turn}",
        }

    rows = [row("chats", "benign", "chat_multi", n, turn) for n in range(40) for turn in (1, 0)]
    rows += [row("tests", "benign", "eval_harness", n) for n in range(60)]
    rows += [row("stolen", "attack", "code_instruct_corpus", n) for n in range(30)]
    return rows


@pytest.fixture
def folder(tmp_path):
    pq.write_table(pa.Table.from_pylist(_rows()), tmp_path / "exchanges.parquet")
    windows = [{"client_id": "c", "window_start_s": 600 * n, "rate_rps": float(n % 5)} for n in range(200)]
    windows.append({"client_id": "short", "window_start_s": 0, "rate_rps": 1.0})
    pq.write_table(pa.Table.from_pylist(windows), tmp_path / "client_windows.parquet")
    return tmp_path


def _stock(folder, exchanges=100):
    return RealStock(read_sources(folder), 1, all_grammars(), exchanges)


def _texts(corpus):
    return [corpus.item(n).text for n in range(corpus.size)]


def test_sources_are_read_whole_and_conversations_in_order(folder):
    assert source_names(folder) == ("chats", "stolen", "tests")
    (chats,) = read_sources(folder, ["chats"])
    assert len(chats.conversations) == 40
    assert [turn.prompt[-2:] for turn in chats.conversations[0]] == [".0", ".1"]
    assert not chats.attack


def test_nothing_real_is_dealt_twice(folder):
    stock = _stock(folder)
    dealt = [_texts(stock.take(("chat",), 15, Dice(n))) for n in range(5)]
    real = [text for corpus in dealt for text in corpus if text.startswith("chats says")]
    assert len(real) == len(set(real)) == 40


def test_honest_parties_never_get_published_harvests_and_harvesters_mostly_do(folder):
    stock = _stock(folder)
    honest = [t for n in range(5) for t in _texts(stock.take(("code",), 20, Dice(n)))]
    assert not any(t.startswith("stolen") for t in honest)
    harvested = [t for n in range(6) for t in _texts(stock.harvest(("code",), 20, Dice(n)))]
    assert sum(t.startswith("stolen") for t in harvested) == 30


def test_public_lists_are_the_same_for_strangers_and_dealt_to_nobody(folder):
    stock = _stock(folder)
    mine, yours = stock.public("benchmark", 3, 10), _stock(folder).public("benchmark", 3, 10)
    assert _texts(mine) == _texts(yours)
    assert all(t.startswith("tests says") for t in _texts(mine))
    dealt = {t for n in range(9) for t in _texts(stock.take(("math", "benchmark"), 30, Dice(n)))}
    assert not dealt & set(_texts(mine))


def test_own_words_fill_up(folder):
    corpus = _stock(folder).take(("roleplay",), 12, Dice(1))
    assert corpus.size == 12
    assert all(_texts(corpus))


def test_a_real_item_goes_on_with_its_own_turns():
    item = RealItem([Turn("sys", "one", None), Turn(None, "two", "second reply")])
    assert (item.system, item.text) == ("sys", "one")
    assert item.reply(Dice(1), 30)
    assert item.further(1) == ("two", "second reply")
    assert item.further(2) is None
    assert item.act(1, Dice(1))[1] == "two"
    assert item.act(2, Dice(1))[0] == "second reply"


def test_rates_are_read_where_they_are_long_enough(folder, tmp_path):
    (curve,) = read_rates(folder)
    assert len(curve) == 200
    (tmp_path / "client_windows.parquet").unlink()
    assert read_rates(tmp_path) == []


def test_a_folder_without_the_table_is_named(tmp_path):
    with pytest.raises(BadTable, match=r"exchanges\.parquet"):
        read_sources(tmp_path)


def test_a_real_folder_is_read():
    shared = Path(os.environ.get("EXCISE_SHARED", Path(__file__).parents[4] / "shared"))
    folder = shared / "data" / "real"
    if not folder.exists():
        pytest.skip("no folder of real exchanges beside the repository, nor at EXCISE_SHARED")
    names = source_names(folder)
    (source, *_) = read_sources(folder, names[:1])
    assert source.conversations
