"""Suspects: one file a way to ask a model. Its file's name is the scheme in ``--suspect SCHEME:WHERE``.

A suspect answers two kinds of question. *How likely is this reply?* (``token_log_likelihoods``) needs its
weights or its log-probabilities. *What do you say?* (``answers``) needs its text. Whatever comes back is
hostile: a member checks it, and where it cannot be believed it says ``NoAnswer`` with the reason and never
makes up a number.

    >>> from excise.open_folder import members
    >>> sorted(members("excise.lineage.suspects", Suspect))  # doctest: +SKIP
    ['file', 'hf', 'openai']
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from enum import StrEnum
from typing import ClassVar, Self

from msgspec import Struct

from excise.errors import BadSetting, ExciseError
from excise.lineage.replies import Message, Sampling

_LONGEST_S = 86_400


class SuspectSilent(ExciseError):
    """A suspect cannot be opened, or cannot be asked at all; the message says what to do."""


class Access(StrEnum):
    """What a suspect lets one see. Weights imply log-probabilities, and these imply text."""

    WEIGHTS = "weights"
    LOG_PROBABILITIES = "log-probabilities"
    TEXT = "text"


class Asked(Struct, frozen=True, tag="reply"):
    """The question how likely a reply is, after these messages."""

    messages: tuple[Message, ...]
    reply: str


class Scored(Struct, frozen=True, tag="scored"):
    """The answer: the reply cut into the suspect's own tokens, and each one's log-likelihood.

    ``nats[i]`` is ln p(token i | messages, tokens before it): finite and at most 0. The tokens, joined, are
    the reply.
    """

    tokens: tuple[str, ...]
    nats: tuple[float, ...]


class Ask(Struct, frozen=True, tag="continuation"):
    """The question what comes next: after these messages, and after ``prefix`` as the reply's beginning.

    ``seed`` tells several samples of one question apart; a suspect that can be seeded gives the same text for
    the same seed.
    """

    messages: tuple[Message, ...]
    prefix: str = ""
    sampling: Sampling = Sampling()
    seed: int = 0


class Answered(Struct, frozen=True, tag="answered"):
    """The answer: what follows the prefix, without it. ``tokens`` are the suspect's own, where known."""

    text: str
    tokens: tuple[int, ...] | None = None


class NoAnswer(Struct, frozen=True, tag="none"):
    """A question that got no answer that can be believed. It counts for nothing, neither for nor against.

    ``lasting`` is False where asking again may help (a server that is down); it is then asked again.
    """

    why: str
    lasting: bool = True


class Terms(Struct, frozen=True, kw_only=True):
    """How a suspect is asked.

    Attributes:
        timeout_s: how long one question may take before it is asked again.
        tries: how often one question is asked at most.
        most_reply_bytes: more than this of one reply is not read.
        at_once: questions on their way at the same time, where the suspect is elsewhere.
        key_variable: the environment variable that holds the key of an endpoint; keys are never arguments.
        way: how an endpoint is asked, one of the words that its member lists; "" finds out.
        device: where local weights go: ``auto``, ``cpu``, ``cuda``.
    """

    timeout_s: float = 120.0
    tries: int = 6
    most_reply_bytes: int = 4_000_000
    at_once: int = 4
    key_variable: str = "OPENAI_API_KEY"
    way: str = ""
    device: str = "auto"

    def __post_init__(self) -> None:
        """Refuse terms under which nobody can be asked.

        Raises:
            BadSetting: a number is out of its range.
        """
        if not 0 < self.timeout_s <= _LONGEST_S or self.tries < 1 or self.at_once < 1:
            raise BadSetting(
                f"a question may take up to {_LONGEST_S:,} s, is tried once at least, and one goes at a time "
                f"at least; not {self.timeout_s} s, {self.tries} tries, {self.at_once} at once"
            )


class Suspect(ABC):
    """A model that can be asked. Making one costs nothing; the first question opens it."""

    scheme: ClassVar[str]
    """What ``WHERE`` looks like, for the help: ``hf:FOLDER_OR_NAME``."""

    per_call: int = 1
    """How many questions one call takes at best. 1 where each is paid: its answer is then kept at once."""

    parallel: int = 1
    """How many calls may be made at the same time, each from a thread of its own."""

    def __init__(self, where: str, terms: Terms) -> None:
        self.where = where
        self.terms = terms

    @property
    def name(self) -> str:
        """How the suspect is named in a protocol and a finding: the scheme and where."""
        return f"{type(self).__module__.rpartition('.')[2]}:{self.where}"

    @property
    def identity(self) -> str:
        """Which model stands there, as a hash of what it is made of; "" where that cannot be known."""
        return ""

    @property
    @abstractmethod
    def access(self) -> frozenset[Access]:
        """What it lets one see. Finding out may cost a question; ``way`` then says how it is asked."""

    @property
    def way(self) -> str:
        """How the suspect is asked, in a word that ``go_this_way`` takes back; "" where there is one only."""
        return ""

    def go_this_way(self, way: str) -> Self:  # noqa: ARG002 - most have one way only
        """Ask it as before, without finding out again."""
        return self

    def close(self) -> None:  # noqa: B027 - most hold nothing open
        """Let go of what is held open, such as connections."""

    @abstractmethod
    def token_log_likelihoods(self, asked: Sequence[Asked]) -> list[Scored | NoAnswer]:
        """Return how likely each reply is, in the order of the questions.

        Raises:
            SuspectSilent: it cannot be asked at all; what was answered so far stays.
        """

    @abstractmethod
    def answers(self, asked: Sequence[Ask]) -> list[Answered | NoAnswer]:
        """Return what the suspect says, in the order of the questions.

        Raises:
            SuspectSilent: it cannot be asked at all; what was answered so far stays.
        """
