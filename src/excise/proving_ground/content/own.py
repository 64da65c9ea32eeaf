"""Own words: items expanded from the package's grammars, endless and different for every corpus."""

from collections.abc import Sequence
from functools import cache

from excise.proving_ground.content.grammar import Bound, Grammar, grammar, grammars
from excise.proving_ground.content.stock import NEAREST, Corpus, Item, Stock
from excise.proving_ground.dice import Dice

_POOL = 600
"""Sentences made in advance per grammar.

A reply is mostly drawn from them, because replies are most of a log.
"""


class OwnItem(Item):
    """An item expanded from a grammar: from one of all its templates, or from the n-th."""

    __slots__ = ("_bound", "_grammar", "system", "text")

    def __init__(self, name: str, dice: Dice, nth: int | None = None, bound: Bound | None = None) -> None:
        self._grammar = grammar(name)
        self._bound = Bound() if bound is None else bound
        self.system = None
        if nth is None:
            self.text = self._grammar.expand("ask", dice, self._bound)
        else:
            self.text = self._grammar.expand_nth("ask", nth, dice, self._bound)

    def reply(self, dice: Dice, words: int, *, reasoned: bool = False) -> str:
        """Answer in the form that the grammar names."""
        form = self._grammar.entries["form"][0]
        answer = FORMS[form](self._grammar, self._bound, dice, words)
        if not reasoned:
            return answer
        steps = _sentences(self._grammar, self._bound, dice, max(3, words // 14))
        return "\n".join(f"{n}. {step}" for n, step in enumerate(steps, 1)) + "\n\n" + answer

    def act(self, step: int, dice: Dice) -> tuple[str, str]:
        """Take a step of an agent, with the tools of the grammar where it has some."""
        del step
        made = self._grammar if "action" in self._grammar else grammar("tasks")
        thought = made.expand("say", dice, self._bound)
        return f"{thought}\n{made.expand('action', dice, self._bound)}", made.expand(
            "observation", dice, self._bound
        )


class OwnCorpus(Corpus):
    """Items named by a key and a number, from some templates of some grammars.

    A corpus has a character of its own.
    """

    def __init__(self, names: Sequence[str], key: int, size: int) -> None:
        self._key, self.size = key, max(1, size)
        dice = Dice.of(key, "character")
        self._share, self._salt = dice.pick((1.0, 1.0, 0.5, 0.25, 0.1)), dice.below(10_000)
        self._forms: list[tuple[str, int]] = []
        for name in dict.fromkeys(names):
            count = len(grammar(name).entries["ask"])
            self._forms += [(name, nth) for nth in dice.some(range(count), dice.between(3, count))]

    def item(self, number: int) -> Item:
        """Expand an item."""
        dice = Dice.of(self._key, number % self.size)
        name, nth = dice.pick(self._forms)
        return OwnItem(name, dice, nth, Bound(share=self._share, salt=self._salt))


class OwnStock(Stock):
    """Own words for a whole world, of some of the grammars: worlds of different grammars share no content.

    >>> stock = OwnStock(7, ("math", "trivia"))
    >>> a, b = stock.public("math", 1, 5), stock.public("math", 1, 5)
    >>> a.item(3).text == b.item(3).text
    True
    """

    def __init__(self, seed: int, names: Sequence[str]) -> None:
        self._seed = seed
        self._by_genre: dict[str, list[str]] = {}
        for name in names:
            for genre in grammar(name).entries["genres"]:
                self._by_genre.setdefault(genre, []).append(name)
        self._all = tuple(names)

    def _names(self, genres: Sequence[str]) -> list[str]:
        wanted = list(genres)
        for genre in wanted:
            if genre not in self._by_genre:
                wanted += [near for near in NEAREST[genre] if near not in wanted]
        return [n for genre in wanted for n in self._by_genre.get(genre, ())] or list(self._all)

    def take(self, genres: Sequence[str], count: int, dice: Dice) -> Corpus:
        """Deal a corpus of own words; it is different for every draw."""
        return OwnCorpus(self._names(genres), dice.fork("corpus", *genres).key, count)

    def public(self, genre: str, number: int, count: int) -> Corpus:
        """Return a public list; the seed of the world decides what is on it."""
        return OwnCorpus(self._names([genre]), Dice.of(self._seed, "public", genre, number).key, count)

    def harvest(self, genres: Sequence[str], count: int, dice: Dice) -> Corpus:
        """Deal a corpus to a harvester: the same kinds of words that honest customers use."""
        return OwnCorpus(self._names(genres), dice.fork("harvest", *genres).key, count)


def all_grammars() -> tuple[str, ...]:
    """Name the grammars that have a genre, which are those that accounts may speak."""
    return tuple(name for name in grammars() if name != "common" and "genres" in grammar(name))


@cache
def _pool(name: str) -> list[str]:
    dice, made = Dice.of("pool", name), grammar(name)
    return [made.expand("say", dice, Bound()) for _ in range(_POOL)]


def _sentences(made: Grammar, bound: Bound, dice: Dice, count: int) -> list[str]:
    own = [made.expand("say", dice, bound) for _ in range(min(count, 2))]
    pool = _pool(made.name)
    return own + [dice.pick(pool) for _ in range(count - len(own))]


def _prose(made: Grammar, bound: Bound, dice: Dice, words: int) -> str:
    sentences = _sentences(made, bound, dice, max(1, words // 13))
    paragraphs: list[str] = []
    while sentences:
        size = dice.between(3, 6)
        paragraphs.append(" ".join(sentences[:size]))
        sentences = sentences[size:]
    return made.expand("opening", dice, bound) + "\n\n".join(paragraphs)


def _steps(made: Grammar, bound: Bound, dice: Dice, words: int) -> str:
    steps = _sentences(made, bound, dice, max(2, words // 14))
    return "\n".join(steps) + f"\n\nThe answer is {dice.below(2000)}."


def _code(made: Grammar, bound: Bound, dice: Dice, words: int) -> str:
    lines = [made.expand("line", dice, bound) for _ in range(max(3, words // 10))]
    prose = " ".join(_sentences(made, bound, dice, max(1, words // 50)))
    return f"```\ndef {bound.get('symbol', 'solve')}():\n" + "\n".join(lines) + f"\n```\n\n{prose}"


def _label(made: Grammar, bound: Bound, dice: Dice, words: int) -> str:
    label = dice.pick(made.entries["labels"])
    return label if words < 40 else f"{label}. {made.expand('say', dice, bound)}"


def _table(made: Grammar, bound: Bound, dice: Dice, words: int) -> str:  # noqa: ARG001 - a record has one length
    fields = dice.some(made.entries["fields"], dice.between(3, 5))
    body = ", ".join(f'"{field}": "{made.expand("value", dice, bound)}"' for field in fields)
    return "{" + body + "}"


def _list(made: Grammar, bound: Bound, dice: Dice, words: int) -> str:
    lines = [f"- {sentence}" for sentence in _sentences(made, bound, dice, max(3, words // 12))]
    return made.expand("opening", dice, bound) + "\n" + "\n".join(lines)


def _rendering(made: Grammar, bound: Bound, dice: Dice, words: int) -> str:
    return " ".join(made.expand("rendering", dice, bound) for _ in range(max(1, min(words // 12, 8))))


FORMS = {
    "prose": _prose, "steps": _steps, "code": _code, "label": _label, "table": _table, "list": _list,
    "rendering": _rendering,
}  # fmt: skip
"""How a reply is put together, by the form that a grammar names."""
