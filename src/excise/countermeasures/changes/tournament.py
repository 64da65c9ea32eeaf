"""``tournament``: tokens meet in rounds that the key decides, and on average no token gains."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from excise.countermeasures.changes import F64, U8, Watermark
from excise.countermeasures.draws import U32
from excise.errors import BadSetting

_MOST_DEPTH = 32


@dataclass(frozen=True)
class Tournament(Watermark):
    """Tournament sampling of Dathathri et al. 2024 (SynthID-Text, Nature 634), two contestants a round.

    The rounds are played by transformers' own ``SynthIDTextWatermarkLogitsProcessor.update_scores``. The
    numbers that decide them are ours: in the library, a key's part in a round has 16 bits, so that whoever
    has some thousand tokens of marked text finds it by trying, and can then imitate the mark. A context that
    came before in the same reply is left alone, as published.

    Args:
        depth: rounds; 30 in the publication.
        width: tokens of context; 4 in the publication. Fewer make the mark outlive training better.
    """

    depth: int = 16
    width: int = 1

    once: ClassVar[bool] = True

    customer_sees: ClassVar[str] = (
        "Nothing: averaged over keys each word is as likely as before. Asked the same again and again under "
        "one key, the model repeats itself more."
    )
    costs: ClassVar[str] = (
        "Little in a reply; less variety between replies to the same prompt, as the key's choice stays."
    )
    good_for: ClassVar[str] = (
        "The first choice: the lowest cost, and in the words of small students it was read about as well "
        "as a green list at its usual boost. A key for each campaign says whose harvest they learned from."
    )
    not_when: ClassVar[str] = (
        "Replies are made at temperature 0 or have one right wording: where there is nothing to choose, "
        "nothing is marked."
    )

    def __post_init__(self) -> None:
        """Refuse settings that mark nothing.

        Raises:
            BadSetting: a setting is out of its range.
        """
        if not 1 <= self.depth <= _MOST_DEPTH or not 1 <= self.width <= 16:
            raise BadSetting(
                f"tournament takes a depth of 1 to {_MOST_DEPTH} and a width of 1 to 16, not {self.depth} "
                f"and {self.width}"
            )

    @property
    def chance(self) -> float:
        """A round is a fair coin."""
        return 0.5

    @property
    def profile(self) -> F64:
        """Each round leaves less to decide: the linear weights that the publication's detector uses."""
        return np.linspace(10.0, 1.0, self.depth) / 10.0 if self.depth > 1 else np.ones(1)

    def marks(self, draws: U32) -> U8:
        """One bit of the number a round."""
        return ((draws[..., None] >> np.arange(self.depth, dtype=np.uint32)) & 1).astype(np.uint8)

    def bend(self, scores: Any, draws: U32) -> Any:  # noqa: ANN401 - a tensor
        """Play the rounds, among the tokens that can be drawn: after a top-k or top-p these are few."""
        import torch  # noqa: PLC0415 - an extra, and slow to import

        playing = torch.isfinite(scores).nonzero()[:, 0]
        wins = torch.from_numpy(self.marks(draws[playing.cpu().numpy()])).to(scores.device)
        bent = scores.clone()
        bent[playing] = _rounds(self.depth).update_scores(scores[None, playing], wins[None].to(scores.dtype))[
            0
        ]
        return bent


@lru_cache(maxsize=8)
def _rounds(depth: int) -> Any:  # noqa: ANN401 - transformers has no type for it that holds
    """Return the library's rounds. Its own keys and table, which are not used, are kept small."""
    import torch  # noqa: PLC0415 - an extra, and slow to import
    import transformers  # noqa: PLC0415 - an extra, and slow to import

    return transformers.SynthIDTextWatermarkLogitsProcessor(
        ngram_len=2,
        keys=[0] * depth,
        sampling_table_size=2,
        sampling_table_seed=0,
        context_history_size=1,
        device=torch.device("cpu"),
    )
