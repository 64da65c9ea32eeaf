"""Grammars: templates that expand into text, from word lists in TOML files.

A template is literal text with

    {slot}       one entry of the list or one template of that name
    {=slot}      the same, remembered: the next ``{=slot}`` of the same piece of text repeats it
    {2..90}      a whole number
    [a|b c|]     one of the alternatives, which may hold anything that a template may

A list is a TOML string of short templates separated by commas; longer templates are a TOML array of strings.
"""

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files

from excise.errors import BadTable
from excise.proving_ground.dice import Dice


class Bound(dict[str, str]):
    """What ``{=slot}`` remembered, and which part of each list is drawn from.

    ``share`` below 1 keeps to a part of every longer list, which part depends on ``salt``: a party that
    always talks about the same things.
    """

    def __init__(
        self, remembered: Mapping[str, str] | None = None, *, share: float = 1.0, salt: int = 0
    ) -> None:
        super().__init__(remembered or {})
        self.share, self.salt = share, salt


_SHORT = 12
"""Lists up to this long are always drawn from as a whole."""

_Piece = Callable[[Dice, Bound, list[str]], None]
"""One compiled part of a template: appends its text to the list."""


class Grammar:
    """A set of named lists and templates, compiled for quick expansion.

    >>> g = Grammar({"fruit": "apple, pear", "ask": ["[I|We] ate {2..2} {=fruit}s. More {=fruit}s?"]}, "x")
    >>> g.expand("ask", Dice(6), Bound())
    'I ate 2 apples. More apples?'
    """

    def __init__(self, rules: Mapping[str, str | list[str]], name: str) -> None:
        """Compile the rules.

        Raises:
            BadTable: a template names a slot that is not there, or leaves a bracket open.
        """
        self.name = name
        where = f"words/{name}.toml"
        self._options: dict[str, list[_Piece]] = {rule: [] for rule in rules}
        self.entries: dict[str, list[str]] = {}
        for slot, rule in rules.items():
            texts = (
                [w for w in (part.strip() for part in rule.split(",")) if w]
                if isinstance(rule, str)
                else rule
            )
            self.entries[slot] = texts
            self._options[slot].extend(self._compile(text, f"{where}: {slot}") for text in texts)

    def __contains__(self, name: str) -> bool:
        """Say whether there is a list or template of that name."""
        return name in self._options

    def expand(self, name: str, dice: Dice, bound: Bound) -> str:
        """Expand a template of that name (drawn, where there are several) to text."""
        out: list[str] = []
        dice.pick(self._options[name])(dice, bound, out)
        return "".join(out)

    def expand_nth(self, name: str, n: int, dice: Dice, bound: Bound) -> str:
        """Expand the n-th template of that name (counted around), where a party always uses the same one."""
        out: list[str] = []
        options = self._options[name]
        options[n % len(options)](dice, bound, out)
        return "".join(out)

    def _compile(self, text: str, where: str) -> _Piece:
        pieces, _ = self._sequence(text, 0, where, stops="")
        return _joined(pieces)

    def _sequence(self, text: str, at: int, where: str, stops: str) -> tuple[list[_Piece], int]:
        pieces: list[_Piece] = []
        plain = ""
        while at < len(text) and text[at] not in stops:
            c = text[at]
            if c == "{":
                end = text.find("}", at)
                if end < 0:
                    raise BadTable(f"{where}: '{{' without '}}' in {text!r}; close it")
                if plain:
                    pieces.append(_literal(plain))
                    plain = ""
                pieces.append(self._slot(text[at + 1 : end], where))
                at = end + 1
            elif c == "[":
                if plain:
                    pieces.append(_literal(plain))
                    plain = ""
                options: list[_Piece] = []
                while True:
                    inner, at = self._sequence(text, at + 1, where, stops="|]")
                    if at >= len(text):
                        raise BadTable(f"{where}: '[' without ']' in {text!r}; close it")
                    options.append(_joined(inner))
                    if text[at] == "]":
                        break
                pieces.append(_one_of(options))
                at += 1
            else:
                plain += c
                at += 1
        if plain:
            pieces.append(_literal(plain))
        return pieces, at

    def _slot(self, name: str, where: str) -> _Piece:
        low, dots, high = name.partition("..")
        if dots:
            return _number(int(low), int(high))
        remembered = name.startswith("=")
        name = name.removeprefix("=")
        if name not in self._options:
            raise BadTable(f"{where}: no list or template is named {name!r}; add it, or to common.toml")
        options = self._options[name]
        return _bound(name, options) if remembered else _drawn(options)


def _literal(text: str) -> _Piece:
    def piece(dice: Dice, bound: Bound, out: list[str]) -> None:  # noqa: ARG001 - one signature for all pieces
        out.append(text)

    return piece


def _number(low: int, high: int) -> _Piece:
    def piece(dice: Dice, bound: Bound, out: list[str]) -> None:  # noqa: ARG001 - one signature for all pieces
        out.append(str(dice.between(low, high)))

    return piece


def _drawn(options: list[_Piece]) -> _Piece:
    def piece(dice: Dice, bound: Bound, out: list[str]) -> None:
        _kept(options, dice, bound)(dice, bound, out)

    return piece


def _kept(options: list[_Piece], dice: Dice, bound: Bound) -> _Piece:
    count = len(options)
    if bound.share >= 1.0 or count <= _SHORT:
        return dice.pick(options)
    return options[(dice.below(max(_SHORT, int(count * bound.share))) + bound.salt) % count]


def _bound(name: str, options: list[_Piece]) -> _Piece:
    def piece(dice: Dice, bound: Bound, out: list[str]) -> None:
        known = bound.get(name)
        if known is None:
            own: list[str] = []
            _kept(options, dice, bound)(dice, bound, own)
            known = bound[name] = "".join(own)
        out.append(known)

    return piece


def _one_of(options: list[_Piece]) -> _Piece:
    def piece(dice: Dice, bound: Bound, out: list[str]) -> None:
        dice.pick(options)(dice, bound, out)

    return piece


def _joined(pieces: list[_Piece]) -> _Piece:
    if len(pieces) == 1:
        return pieces[0]

    def piece(dice: Dice, bound: Bound, out: list[str]) -> None:
        for part in pieces:
            part(dice, bound, out)

    return piece


@cache
def grammar(name: str) -> Grammar:
    """Load one of the package's own grammars: ``words/NAME.toml`` over ``words/common.toml``.

    >>> "ask" in grammar("trivia")
    True
    """
    return Grammar({**_rules("common"), **_rules(name)}, name)


@cache
def grammars() -> tuple[str, ...]:
    """Name the grammars that are there, in the order of their names."""
    folder = files("excise.proving_ground.content") / "words"
    return tuple(sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml")))


@cache
def _rules(name: str) -> dict[str, str | list[str]]:
    text = (files("excise.proving_ground.content") / "words" / f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
