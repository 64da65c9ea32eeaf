"""Clients: the programs that accounts send with. Honest customers and harvesters use the same ones."""

import tomllib
from functools import cache
from importlib.resources import files

import msgspec

from excise.proving_ground.dice import Dice
from excise.proving_ground.member import Client


class _Row(msgspec.Struct, frozen=True):
    family: str
    agents: list[str]
    weight: float
    stacks: int


def client(dice: Dice, *families: str) -> Client:
    """Draw a client, of these families (``sdk``, ``framework``, ``plain``, ``shell``, ``chat``.

    ``editor``) or any.
    """
    rows = [row for row in _rows() if not families or row.family in families]
    row = rows[dice.weighed({n: row.weight for n, row in enumerate(rows)})]
    agent = row.agents[min(dice.below(len(row.agents)), dice.below(len(row.agents)))]
    stack = dice.below(row.stacks)
    # One TLS stack per library build and operating system: strangers share it.
    shape = Dice.of("ja4", row.agents[0], stack)
    alpn = "h2" if shape.chance(0.5) else "h1"
    return Client(
        agent, f"t13d{shape.between(12, 19)}{shape.between(10, 16)}{alpn}_{shape.hex(12)}_{shape.hex(12)}"
    )


@cache
def _rows() -> tuple[_Row, ...]:
    text = (files("excise.proving_ground") / "clients.toml").read_text(encoding="utf-8")
    return tuple(msgspec.convert(row, _Row) for row in tomllib.loads(text)["client"])
