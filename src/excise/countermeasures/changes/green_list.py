"""``green_list``: after each context, a share of the vocabulary is green, and green tokens are likelier."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from excise.countermeasures.changes import F64, U8, Watermark
from excise.countermeasures.draws import U32
from excise.errors import BadSetting


@dataclass(frozen=True)
class GreenList(Watermark):
    """The soft red list of Kirchenbauer et al. 2023 ("A Watermark for Large Language Models", algorithm 2).

    It differs in where the list comes from: each token is green by a number of its own, not by a shuffle of
    the vocabulary, so that one token can be looked up without making the list, and the same way on any
    device. The list's size is then near its share, not exactly it.

    Args:
        share: of the vocabulary that is green (their gamma).
        boost: how much likelier a green token is, in nats of log-odds (their delta).
        width: tokens of context. The fewer, the more of the mark a student learns, and the easier it is for
            a customer who has many replies to guess the list.
    """

    share: float = 0.25
    boost: float = 2.0
    width: int = 1

    customer_sees: ClassVar[str] = (
        "Nothing in a single reply; over many, some wordings come up more often than they did."
    )
    costs: ClassVar[str] = (
        "Each choice of a word is shifted: at a boost of 2 the text becomes less likely under the model that "
        "makes it, and tasks with one right wording suffer first."
    )
    good_for: ClassVar[str] = (
        "A mark as strong as one likes to pay for: it is read in the words of a student, without its "
        "weights, and a key for each campaign says whose harvest it learned from. Paraphrase weakens it."
    )
    not_when: ClassVar[str] = (
        "The replies are code, figures, quotations or short; or the accounts may be honest: then use "
        "tournament, or nothing."
    )

    def __post_init__(self) -> None:
        """Refuse settings that mark nothing.

        Raises:
            BadSetting: a setting is out of its range.
        """
        if not 0.01 <= self.share <= 0.99 or not 0 < self.boost <= 20 or not 1 <= self.width <= 16:
            raise BadSetting(
                f"green_list takes a share of 0.01 to 0.99, a boost up to 20 and a width of 1 to 16, not "
                f"{self.share}, {self.boost} and {self.width}"
            )

    @property
    def _edge(self) -> int:
        return round(self.share * 2**32)

    @property
    def chance(self) -> float:
        """The share, to the 32 bits that a number has."""
        return self._edge / 2**32

    @property
    def profile(self) -> F64:
        """One mark a spot."""
        return np.ones(1)

    def marks(self, draws: U32) -> U8:
        """Green is a number below the share."""
        return (draws < self._edge).astype(np.uint8)[..., None]

    def bend(self, scores: Any, draws: U32) -> Any:  # noqa: ANN401 - a tensor
        """Add the boost to the green tokens."""
        import torch  # noqa: PLC0415 - an extra, and slow to import

        green = torch.from_numpy(draws < self._edge).to(scores.device)
        return scores + self.boost * green.to(scores.dtype)
