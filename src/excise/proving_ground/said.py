"""What an account says.

The words of one request and its replies, and the threads in which requests hang together.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import msgspec

from excise.proving_ground.content.stock import Item
from excise.proving_ground.dice import Dice
from excise.proving_ground.rhythms import Schedule
from excise.proving_ground.voices import Voice


class Message(msgspec.Struct, frozen=True, gc=False):
    """One message of a request, as the wire has it."""

    role: str
    content: str


class Asked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The sampling parameters of a request; those left out were not said."""

    temperature: float | None = None
    top_p: float | None = None
    n: int | None = None
    max_tokens: int | None = None
    seed: int | None = None
    logprobs: bool | None = None
    top_logprobs: int | None = None
    stop: list[str] | None = None
    response_format: dict[str, str] | None = None
    reasoning_effort: str | None = None
    stream: bool | None = None


class Said(NamedTuple):
    """One request and its replies. ``replies`` is empty where the request failed; ``error`` then says why.

    ``cover`` is set where a harvester sends it for no use of its own: ordinary traffic, other people's.
    """

    messages: tuple[Message, ...]
    replies: tuple[str, ...]
    asked: Asked
    session: str
    end_user: str | None = None
    error: str | None = None
    newest_model: bool = False
    cover: bool = False


Thread = Iterator[Said]
"""A conversation: each step is one request that carries the ones before it."""


def once(
    system: str | None, item: Item, asked: Asked, dice: Dice, words: int, *, reasoned: bool = False
) -> Thread:
    """Ask one thing and leave."""
    replies = tuple(item.reply(dice, words, reasoned=reasoned) for _ in range(asked.n or 1))
    yield Said(opened(system or item.system, item.text), replies, asked, dice.hex(12))


def talk(system: str | None, item: Item, asked: Asked, dice: Dice, voice: Voice, *, words: int) -> Thread:
    """Talk as people do: what they ask next depends on the reply before it."""
    session = dice.hex(12)
    messages = list(opened(system or item.system, voice.say(item.text, dice)))
    turn = 0
    while True:
        later = item.further(turn) if turn else None
        reply = (later[1] if later else None) or item.reply(dice, max(8, int(dice.log_normal(words, 0.6))))
        yield Said(tuple(messages), (reply,), asked, session)
        turn += 1
        next_words = item.further(turn)
        messages.append(Message("assistant", reply))
        messages.append(Message("user", next_words[0] if next_words else voice.follow(reply, dice)))


def script(system: str | None, items: Iterator[Item], asked: Asked, dice: Dice, words: int) -> Thread:
    """Send one prepared message after the other in one conversation, whatever the replies are."""
    session = dice.hex(12)
    messages: list[Message] = []
    for item in items:
        messages += opened(system if not messages else None, item.text)
        reply = item.reply(dice, words)
        yield Said(tuple(messages), (reply,), asked, session)
        messages.append(Message("assistant", reply))


def agent(system: str | None, item: Item, asked: Asked, dice: Dice, steps: int, *, role: str) -> Thread:
    """Work on a task in steps: each request repeats the task and everything that was done and seen so far.

    ``role`` is the role of what the tools answer: ``tool``, or ``user`` for agents of the older kind.
    """
    session = dice.hex(12)
    messages = list(opened(system or item.system, item.text))
    for step in range(1, steps + 1):
        reply, seen = item.act(step, dice)
        yield Said(tuple(messages), (reply,), asked, session)
        messages.append(Message("assistant", reply))
        messages.append(Message(role, seen))


def relay(schedule: Schedule, thread: Callable[[int, int], Thread]) -> Iterator[Said]:
    """Say something at each moment of a schedule.

    The next step of the open thread, or a new one where one opens.

    ``thread`` makes a new thread for a member (its number in the party) at a moment (its number in the
    schedule). A thread is let go at its last step.
    """
    who, opens = schedule.who.tolist(), schedule.opens.tolist()
    last = [True] * len(who)
    opens_next: dict[int, bool] = {}
    for k in range(len(who) - 1, -1, -1):
        last[k] = opens_next.get(who[k], True)
        opens_next[who[k]] = opens[k]
    live: dict[int, Thread] = {}
    for k, member in enumerate(who):
        current = live.pop(member, None)
        if current is None or opens[k]:
            current = thread(member, k)
        said = next(current, None)
        if said is None:
            current = thread(member, k)
            said = next(current)
        yield said
        if not last[k]:
            live[member] = current


def inlined(said: Said, instruction: str) -> Said:
    """Put an instruction into the user turn, before its words, as scripts without a system prompt do."""
    last = said.messages[-1]
    text = f"{instruction}\n\n{last.content}"
    return said._replace(messages=(*said.messages[:-1], Message(last.role, text)))


def opened(system: str | None, text: str) -> tuple[Message, ...]:
    """Return the messages that open a conversation."""
    user = Message("user", text)
    return (Message("system", system), user) if system else (user,)
