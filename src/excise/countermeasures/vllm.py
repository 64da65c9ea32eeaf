"""A watermark as vLLM loads it: ``--logits-processors excise.countermeasures.vllm:Watermarking``.

Which replies are marked with which key is said by request and by the operator together: the environment
variable ``EXCISE_WATERMARKS`` names a folder of key files, and a request whose extra argument
``excise_campaign`` (``vllm_xargs`` in the OpenAI API) names one of their campaigns is marked with its key.
The gateway sets that argument after it has looked at the account, enters the reply in the book of orders, and
removes the argument from what customers send: otherwise they could choose their own mark.

A request without it, or at temperature 0, is left alone; a campaign without a key file is refused. vLLM loads
no processors while it decodes speculatively. Its own ``watermarking`` has one key for the engine, not one for
each campaign. The class is made when it is asked for, as vLLM is no requirement of Excise.
"""

import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from excise.countermeasures.campaign_key import KeyFile
from excise.countermeasures.changes import watermark
from excise.countermeasures.decoding import Bender
from excise.errors import BadSetting

FOLDER = "EXCISE_WATERMARKS"
ARGUMENT = "excise_campaign"
_COLD = 1e-5
"""At a temperature this low vLLM takes the likeliest token."""


def benders(folder: Path) -> dict[str, Bender]:
    """Return what bends the replies of each campaign that has a key file in a folder.

    Raises:
        BadSetting: there is no key file, one is not in order, or two are of one campaign.
    """
    found: dict[str, Bender] = {}
    for path in sorted(folder.glob("*.key")):
        file = KeyFile.read(path)
        if file.campaign in found:
            raise BadSetting(f"{path}: there is another key file of campaign {file.campaign} in this folder")
        found[file.campaign] = Bender(watermark(file.countermeasure, file.settings), file.key)
    if not found:
        raise BadSetting(f"{folder}: holds no key file (*.key); {FOLDER} names a folder that does")
    return found


def campaign_of(extra: Mapping[str, object] | None, known: Mapping[str, Bender]) -> str | None:
    """Return the campaign that a request's extra arguments name, or None.

    Raises:
        ValueError: there is no key for it; vLLM then refuses the request.

    >>> campaign_of({"other": 1}, {}) is None
    True
    """
    named = (extra or {}).get(ARGUMENT)
    if named is None:
        return None
    if not isinstance(named, str) or named not in known:
        raise ValueError(f"{ARGUMENT}: there is no key file of campaign {named!r} in the folder of {FOLDER}")
    return named


class Marked:
    """Bends the logits of one request.

    vLLM applies it before the temperature, so the temperature is put in and taken out again: a watermark
    bends what is sampled from. It comes before vLLM's top-k and top-p.
    """

    def __init__(self, bender: Bender, temperature: float) -> None:
        self._bender = bender
        self._temperature = temperature

    def __call__(self, prompt_ids: list[int], output_ids: list[int], logits: Any) -> Any:  # noqa: ANN401 - a tensor
        """Return the logits of the next token, bent."""
        # A reply needs no more of a prompt than its last tokens, and prompts are long.
        before = prompt_ids[-self._bender.watermark.width :]
        warm = logits / self._temperature
        return self._bender.bent(warm, [*before, *output_ids], len(before)) * self._temperature


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a class that vLLM's own class is the base of
    if name == "Watermarking":
        return _made()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@cache
def _made() -> type:
    from vllm.v1.sample.logits_processor import AdapterLogitsProcessor  # noqa: PLC0415 - no requirement

    def known() -> dict[str, Bender]:
        folder = os.environ.get(FOLDER)
        if not folder:
            raise BadSetting(f"the watermark needs a folder of key files; set {FOLDER} to its path")
        return benders(Path(folder))

    class Watermarking(AdapterLogitsProcessor):  # type: ignore[misc]  # it is Any where vLLM is not installed
        """Marks the replies of each campaign with its own key."""

        def __init__(self, vllm_config: Any, device: Any, is_pin_memory: bool) -> None:  # noqa: ANN401, FBT001 - vLLM's
            super().__init__(vllm_config, device, is_pin_memory)
            self._known = known()

        @classmethod
        def validate_params(cls, sampling_params: Any) -> None:  # noqa: ANN401 - vLLM's
            """Refuse a request of a campaign that has no key."""
            campaign_of(sampling_params.extra_args, known())

        def is_argmax_invariant(self) -> bool:
            """Say that it may change which token is the likeliest."""
            return False

        def new_req_logits_processor(self, params: Any) -> Marked | None:  # noqa: ANN401 - vLLM's
            """Return what bends a new request, or None."""
            campaign = campaign_of(params.extra_args, self._known)
            if campaign is None or params.temperature < _COLD:
                return None
            return Marked(self._known[campaign], float(params.temperature))

    Watermarking.__qualname__ = "Watermarking"
    Watermarking.__module__ = __name__
    return Watermarking
