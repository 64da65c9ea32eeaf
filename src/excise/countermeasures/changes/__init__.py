"""Changes: one file a countermeasure. Its file's name is its name in orders, key files and the docs.

There are two kinds. A ``Watermark`` bends the choice of tokens while a reply is made, by a key; who has the
key can read it in the words of a model that learned from such replies. An ``Edit`` changes a reply that is
made. Each says what the customer sees, what it costs, what it is good for, and when not to use it.

    >>> from excise.open_folder import members
    >>> sorted(members("excise.countermeasures.changes", Countermeasure))
    ['canary', 'green_list', 'log_probabilities', 'reasoning', 'tournament']
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, ClassVar, Self

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from excise.countermeasures.campaign_key import CampaignKey
from excise.countermeasures.draws import U32
from excise.errors import BadSetting, UnknownMember
from excise.open_folder import member, members

U8 = NDArray[np.uint8]
F64 = NDArray[np.float64]


class Countermeasure(ABC):
    """Something that may be done to replies. A member is a frozen dataclass; its fields are its settings."""

    customer_sees: ClassVar[str]
    """What the customer notices, in a sentence."""

    costs: ClassVar[str]
    """What it costs whom, in a sentence; numbers stand in ``docs/measured``."""

    good_for: ClassVar[str]
    """What it achieves, and for whom not."""

    not_when: ClassVar[str]
    """When not to use it, in a sentence."""

    @classmethod
    def from_settings(cls, said: Mapping[str, str]) -> Self:
        """Make one with some settings, each a name and a value as text.

        Raises:
            UnknownMember: there is no setting of that name.
            BadSetting: a value is not one that it can have.
        """
        known = {field.name: field for field in fields(cls)}  # type: ignore[arg-type]  # members are dataclasses
        values: dict[str, object] = {}
        for name, text in said.items():
            if name not in known:
                raise UnknownMember.among(name, f"settings of {cls.__name__}", known)
            kind: type[object] = type(known[name].default)
            try:
                values[name] = kind(text)  # type: ignore[call-arg]  # int, float or str
            except ValueError:
                raise BadSetting(f"setting {name}: {text!r} is no {kind.__name__}") from None
        return cls(**values)

    @property
    def settings(self) -> tuple[tuple[str, str], ...]:
        """All settings, names and values as text."""
        return tuple((field.name, str(getattr(self, field.name))) for field in fields(self))  # type: ignore[arg-type]


class Watermark(Countermeasure):
    """A keyed bend of the choice of tokens.

    At each spot (a context of ``width`` tokens, and the token after it) the key gives a number; from it come
    ``depth`` marks, each 1 with chance ``chance``. Marked tokens are chosen more often. Where the key had no
    part in a text, the marks at its different spots are independent with exactly that chance.
    """

    width: int
    """How many tokens before a token its marks depend on."""

    once: ClassVar[bool] = False
    """Whether a context that came before in the same reply is left alone."""

    @property
    @abstractmethod
    def chance(self) -> float:
        """The chance of a mark where the key had no part."""

    @property
    @abstractmethod
    def profile(self) -> F64:
        """How strong the bend is expected to be at each depth, shape (depth,), the strongest 1."""

    @abstractmethod
    def marks(self, draws: U32) -> U8:
        """Return the marks of spots from their numbers, shape (..., depth)."""

    @abstractmethod
    def bend(self, scores: Any, draws: U32) -> Any:  # noqa: ANN401 - a tensor: PyTorch is an extra
        """Return the log-probabilities after the bend.

        Args:
            scores: of the tokens of the vocabulary, as they would be sampled from, shape (vocabulary,).
            draws: the vocabulary's numbers after the context.
        """


class Edited(Struct, frozen=True):
    """A reply after an edit, as it is sent; ``changed`` counts what was, 0 where it is as it was."""

    body: bytes
    changed: int


class Edit(Countermeasure):
    """A change to a reply that is made: to the JSON of an OpenAI-compatible API, or its stream of events."""

    unit: ClassVar[str]
    """What ``Edited.changed`` counts."""

    @abstractmethod
    def edit(self, body: bytes, *, key: CampaignKey, reply: str) -> Edited:
        """Change a reply.

        Args:
            body: one JSON object, or a stream of server-sent events, as the model server wrote it.
            key: of the campaign that the reply goes to; most edits need none.
            reply: the reply's id in the provider's own log.

        Raises:
            Unreadable: it is neither; what cannot be read is not sent on as if it had been edited.
        """


_FOLDER = "excise.countermeasures.changes"
_NONE: Mapping[str, str] = {}


def change(name: str, settings: Mapping[str, str] = _NONE) -> Countermeasure:
    """Return a countermeasure by its name, with its settings as text.

    Raises:
        UnknownMember: there is none of that name, or it has no such setting.
        BadSetting: a setting has no such value.

    >>> change("canary").settings
    (('lead', 'For illustration, a made-up entry:'),)
    """
    return member(_FOLDER, Countermeasure, name).from_settings(settings)


def watermark(name: str, settings: Mapping[str, str] = _NONE) -> Watermark:
    """Return a watermark by its name, with its settings as text.

    Raises:
        UnknownMember: there is no watermark of that name, or it has no such setting.
        BadSetting: a setting has no such value.

    >>> watermark("green_list", {"share": "0.5"}).chance
    0.5
    """
    kinds = {
        known: kind for known, kind in members(_FOLDER, Countermeasure).items() if issubclass(kind, Watermark)
    }
    if name not in kinds:
        raise UnknownMember.among(name, "watermarks of countermeasures/changes", kinds)
    return kinds[name].from_settings(settings)
