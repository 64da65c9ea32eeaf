"""Real words: items from a folder of real exchanges, with own words where those run out.

The folder holds ``exchanges.parquet`` with the columns source, side (``attack``, ``benign`` or
``control``), subtype, conversation_id, turn, system, prompt and response; it may hold
``client_windows.parquet`` with client_id, window_start_s and rate_rps. A world speaks some whole sources,
so that other worlds can speak others.
"""

import csv
from collections import defaultdict
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from excise.errors import BadTable
from excise.proving_ground.content.own import OwnItem, OwnStock
from excise.proving_ground.content.stock import NEAREST, Corpus, Item, Stock
from excise.proving_ground.dice import Dice

_COLUMNS = ["source", "side", "subtype", "conversation_id", "turn", "system", "prompt", "response"]
_LONGEST = 24_000
"""Longer turns are cut here; a few traces hold whole files."""


class Turn(NamedTuple):
    """One exchange of a real conversation."""

    system: str | None
    prompt: str
    response: str | None


class Source(NamedTuple):
    """One source: its conversations, and what they are."""

    name: str
    attack: bool
    genres: tuple[str, ...]
    conversations: list[list[Turn]]


class RealItem(Item):
    """A real conversation. Later turns and replies are its own as far as it has them."""

    def __init__(self, turns: list[Turn]) -> None:
        self._turns = turns
        self.system = turns[0].system
        self.text = turns[0].prompt

    def reply(self, dice: Dice, words: int, *, reasoned: bool = False) -> str:
        """Give the reply that the source has, else one in own words about nothing in particular."""
        return self._turns[0].response or _own(dice).reply(dice, words, reasoned=reasoned)

    def further(self, turn: int) -> tuple[str, str | None] | None:
        """Return a later turn, where the conversation has one."""
        return self._turns[turn][1:] if turn < len(self._turns) else None

    def act(self, step: int, dice: Dice) -> tuple[str, str]:
        """Take the step that the source has; a trajectory that is over goes on in own words."""
        own = OwnItem("tasks", dice).act(step, dice)
        reply = self._turns[step - 1].response if step <= len(self._turns) else None
        return reply or own[0], self._turns[step].prompt if step < len(self._turns) else own[1]


class Dealt(Corpus):
    """Some real items among own ones: ``places`` says which numbers are real."""

    def __init__(self, real: list[list[Turn]], own: Corpus, size: int, dice: Dice) -> None:
        self._real, self._own, self.size = real, own, max(1, size)
        spots = dice.numpy("spots").permutation(self.size)[: len(real)]
        self._places = {int(spot): n for n, spot in enumerate(spots)}

    def item(self, number: int) -> Item:
        """Return an item."""
        place = self._places.get(number % self.size)
        return self._own.item(number) if place is None else RealItem(self._real[place])


class RealStock(Stock):
    """The words of some sources of a folder, dealt once each; own words fill up what is short."""

    def __init__(self, sources: Sequence[Source], seed: int, grammars: Sequence[str], exchanges: int) -> None:
        """Take stock.

        Args:
            sources: what ``read_sources`` gave.
            seed: of the world.
            grammars: the own words that fill up.
            exchanges: how many exchanges the world will have; decides how thinly real words are spread.
        """
        self._own = OwnStock(seed, grammars)
        self._decks: dict[tuple[bool, str], list[list[Turn]]] = defaultdict(list)
        self._lists: dict[str, list[list[list[Turn]]]] = defaultdict(list)
        dice = Dice.of(seed, "real")
        for source in sources:
            order = dice.numpy(source.name).permutation(len(source.conversations))
            shuffled = [source.conversations[n] for n in order]
            if "benchmark" in source.genres or "homework" in source.genres:
                # A public list is public: it is not dealt to anybody as their own.
                half = len(shuffled) // 2
                shuffled, public = shuffled[half:], shuffled[:half]
                for genre in source.genres:
                    self._lists[genre].append(public)
            for n, turns in enumerate(shuffled):
                self._decks[source.attack, source.genres[n % len(source.genres)]].append(turns)
        rows = sum(len(deck) for deck in self._decks.values())
        self._thin = min(1.0, 3.0 * rows / max(1, exchanges))

    def take(self, genres: Sequence[str], count: int, dice: Dice) -> Corpus:
        """Deal real items that no harvester publishes, thinly where there are few, among own ones."""
        decks = [self._decks[False, genre] for genre in _near(genres)]
        real = _deal(decks, round(count * self._thin))
        return Dealt(real, self._own.take(genres, count, dice), count, dice)

    def public(self, genre: str, number: int, count: int) -> Corpus:
        """Return a part of a real benchmark, the same for whoever asks."""
        lists = [known for near in _near([genre]) for known in self._lists[near]]
        if not lists:
            return self._own.public(genre, number, count)
        dice = Dice.of("public", genre, number)
        chosen = dice.pick(lists)
        first = dice.below(max(1, len(chosen) - count))
        return Dealt(chosen[first : first + count], self._own.public(genre, number, count), count, dice)

    def harvest(self, genres: Sequence[str], count: int, dice: Dice) -> Corpus:
        """Deal a harvester's corpus.

        Mostly of published harvests, else of the words that honest customers use.
        """
        sides = (True, False) if dice.chance(0.7) else (False, True)
        decks = [self._decks[side, genre] for side in sides for genre in _near(genres)]
        return Dealt(_deal(decks, count), self._own.harvest(genres, count, dice), count, dice)


def read_sources(folder: Path, names: Sequence[str] | None = None) -> list[Source]:
    """Read the sources of a content folder, or those of the given names.

    Raises:
        BadTable: the folder has no such table, or it lacks a column; the message says which.
    """
    path = folder / "exchanges.parquet"
    try:
        table = pq.read_table(path, columns=_COLUMNS)
    except (OSError, pa.ArrowInvalid, KeyError) as bad:
        raise BadTable(f"{path}: {bad}; a content folder holds exchanges.parquet with {_COLUMNS}") from bad
    missing = set(_COLUMNS) - set(table.column_names)
    if missing:
        raise BadTable(f"{path}: no column {sorted(missing)}; a content folder's exchanges have {_COLUMNS}")
    genres = _genres()
    kinds: dict[tuple[str, str, str], dict[str, list[tuple[int, Turn]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    columns = [table.column(name).to_pylist() for name in _COLUMNS]
    for source, side, subtype, conversation, turn, system, prompt, response in zip(*columns, strict=True):
        if prompt and (names is None or source in names):
            cut = Turn(system and system[:_LONGEST], prompt[:_LONGEST], response and response[:_LONGEST])
            kinds[source, side, subtype][conversation].append((turn or 0, cut))
    return [
        Source(
            source,
            side == "attack",
            genres.get(subtype, ("chat",)),
            [[turn for _, turn in sorted(turns, key=lambda t: t[0])] for turns in conversations.values()],
        )
        for (source, side, subtype), conversations in sorted(kinds.items())
    ]


def source_names(folder: Path) -> tuple[str, ...]:
    """Name the sources of a content folder."""
    return tuple(
        sorted(set(pq.read_table(folder / "exchanges.parquet", columns=["source"])["source"].to_pylist()))
    )


def read_rates(folder: Path) -> list[NDArray[np.float64]]:
    """Read how real clients' request rates rise and fall: per client, the rate in each 600 s window.

    The list is empty where the folder has no ``client_windows.parquet``.
    """
    path = folder / "client_windows.parquet"
    if not path.exists():
        return []
    table = pq.read_table(path, columns=["client_id", "window_start_s", "rate_rps"])
    clients: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for client, start, rate in zip(*(column.to_pylist() for column in table.columns), strict=True):
        clients[client].append((start // 600, rate or 0.0))
    curves = []
    for _, windows in sorted(clients.items()):
        first, last = min(w for w, _ in windows), max(w for w, _ in windows)
        curve = np.zeros(last - first + 1)
        for window, rate in windows:
            curve[window - first] = rate
        if len(curve) >= 144 and curve.sum() > 0:
            curves.append(curve)
    return curves


def _deal(decks: list[list[list[Turn]]], count: int) -> list[list[Turn]]:
    """Take that many from the ends of the decks, from the first that has some; dealt is dealt."""
    out: list[list[Turn]] = []
    for deck in decks:
        while deck and len(out) < count:
            out.append(deck.pop())
    return out


def _near(genres: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([*genres, *(near for genre in genres for near in NEAREST[genre])]))


def _own(dice: Dice) -> OwnItem:
    return OwnItem("essay", dice.fork("own"))


@cache
def _genres() -> dict[str, tuple[str, ...]]:
    text = (files("excise.proving_ground.content") / "subtypes.csv").read_text(encoding="utf-8")
    return {row["subtype"]: tuple(row["genres"].split()) for row in csv.DictReader(text.splitlines())}
