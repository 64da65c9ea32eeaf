"""A served reply and its twins, which the same model gave to the same prompt and which were never served."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from typing import Literal

from msgspec import Struct

from excise.errors import BadTable
from excise.lineage.replies import UNNAMED, Reply


class Pair(Struct, frozen=True):
    """A served reply, and one twin or several."""

    served: Reply
    twins: tuple[Reply, ...]

    @property
    def name(self) -> str:
        """What it is called in a finding: the id, or the row in the served file."""
        return self.served.id or f"{UNNAMED}{self.served.row}"

    @property
    def candidates(self) -> tuple[str, ...]:
        """The texts, the served one first."""
        return (self.served.reply, *(twin.reply for twin in self.twins))


class Unmatched(Struct, frozen=True):
    """A row that belongs to no pair: ``side`` is the file, ``row`` its row (from 1), ``why`` says why."""

    side: Literal["served", "twins"]
    row: int
    why: str


def match(served: Iterable[Reply], twins: Iterable[Reply]) -> tuple[tuple[Pair, ...], tuple[Unmatched, ...]]:
    """Bring each served reply together with its twins, whatever the order of the files.

    They belong together by ``id``, or by the prompt where a twin has none. A reply whose twins are missing,
    or in doubt, is left out with all of them: a guess could favor a side.

    Raises:
        BadTable: nothing matches.

    >>> from excise.lineage.replies import Message
    >>> ask = (Message("user", "Hi"),)
    >>> ours = [Reply(row=1, id="a", messages=ask, reply="Hello."),
    ...         Reply(row=2, id="b", messages=ask, reply="Hey.")]
    >>> pairs, unmatched = match(ours, [Reply(row=1, id="a", messages=ask, reply="Hi there.")])
    >>> pairs[0].candidates, unmatched
    (('Hello.', 'Hi there.'), (Unmatched(side='served', row=2, why="no twin has the id 'b'"),))
    """
    by_key: defaultdict[Hashable, list[Reply]] = defaultdict(list)
    by_prompt: defaultdict[Hashable, set[Hashable]] = defaultdict(set)
    for reply in served:
        by_key[_key(reply)].append(reply)
        by_prompt[reply.messages].add(_key(reply))
    drawn: defaultdict[Hashable, list[Reply]] = defaultdict(list)
    unmatched: list[Unmatched] = []
    for twin in twins:
        keys = {twin.id} & by_key.keys() if twin.id else by_prompt.get(twin.messages, set())
        if len(keys) == 1:
            drawn[next(iter(keys))].append(twin)
        else:
            which = "no served reply has" if not keys else "several served replies have"
            unmatched.append(Unmatched("twins", twin.row, f"{which} {_said(twin)}"))
    pairs: list[Pair] = []
    for key, replies in by_key.items():
        wrong = _wrong(replies, drawn[key])
        if wrong is None:
            own = sorted(drawn[key], key=lambda twin: (twin.draw, twin.reply))
            pairs.append(Pair(replies[0], tuple(own)))
            continue
        unmatched += (Unmatched("served", reply.row, wrong) for reply in replies)
        unmatched += (Unmatched("twins", twin.row, wrong) for twin in drawn[key])
    unmatched.sort(key=lambda one: (one.side, one.row))
    if not pairs:
        first = unmatched[0]
        raise BadTable(
            f"no served reply has a twin: row {first.row} of the {first.side} file: {first.why}; "
            "a twin has its served reply's id, or its prompt"
        )
    return tuple(pairs), tuple(unmatched)


def _key(reply: Reply) -> Hashable:
    return reply.id or reply.messages


def _said(reply: Reply) -> str:
    return f"the id {reply.id!r}" if reply.id else "this prompt"


def _wrong(served: list[Reply], twins: list[Reply]) -> str | None:
    """Return what is in doubt about a served reply and its twins, or None."""
    what = _said(served[0])
    if len(served) > 1:
        rows = ", ".join(str(reply.row) for reply in served)
        return f"rows {rows} of the served file have {what}; give each an id of its own"
    if not twins:
        return f"no twin has {what}"
    other = next((twin for twin in twins if twin.messages != served[0].messages), None)
    if other is not None:
        return f"row {other.row} of the twins has {what} and another prompt"
    by_draw: dict[int, Reply] = {}
    for twin in twins:
        if twin.draw in by_draw:
            return (
                f"rows {by_draw[twin.draw].row} and {twin.row} of the twins have {what} and the same "
                f"'draw', {twin.draw}; number the draws, or leave the copy out"
            )
        by_draw[twin.draw] = twin
    return None
