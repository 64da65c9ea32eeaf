"""The workshop: what was trained or served is kept under its key, so that it is made once."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import msgspec
import torch
import transformers
from msgspec.structs import replace

from excise.proving_ground.students.building import learn_tokenizer, make_model, round_weights
from excise.proving_ground.students.plan import WHOLE, Plan
from excise.proving_ground.students.training import before, lay, teach

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerFast

_Kept = TypeVar("_Kept")


class Workshop:
    """A folder of models, each trained when it is first asked for.

    Args:
        folder: where they are kept; it may be deleted, and then all is made anew.
        device: where they are trained; "" takes a GPU where there is one.
    """

    def __init__(self, folder: Path, device: str = "") -> None:
        self.folder = folder
        self.device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        transformers.utils.logging.disable_progress_bar()

    def model(self, plan: Plan) -> Path:
        """Return the folder of the trained model, in Hugging Face's format."""
        final = self.folder / plan.key
        if not final.exists():
            half = self.folder / f"{plan.key}.{os.getpid()}"
            shutil.rmtree(half, ignore_errors=True)
            tokenizer = self._tokenizer(plan)
            self._trained(plan, tokenizer).save_pretrained(half)
            tokenizer.save_pretrained(half)
            half.rename(final)
        return final

    def kept(self, key: str, kind: type[_Kept], make: Callable[[], _Kept]) -> _Kept:
        """Return what is kept under a key, or make it and keep it."""
        path = self.folder / f"{key}.json"
        if path.exists():
            return msgspec.json.decode(path.read_bytes(), type=kind)
        made = make()
        self.folder.mkdir(parents=True, exist_ok=True)
        half = path.with_suffix(f".{os.getpid()}")
        half.write_bytes(msgspec.json.encode(made))
        half.rename(path)
        return made

    def opened(self, folder: Path) -> "tuple[PreTrainedModel, PreTrainedTokenizerFast]":
        """Load a kept model, ready to be asked."""
        model = transformers.AutoModelForCausalLM.from_pretrained(folder).to(self.device).eval()
        return model, transformers.AutoTokenizer.from_pretrained(folder)

    def _tokenizer(self, plan: Plan) -> "PreTrainedTokenizerFast":
        if plan.teacher:
            return transformers.AutoTokenizer.from_pretrained(self.folder / plan.teacher)
        return learn_tokenizer((before(one.prompt) + one.reply for one in plan.lessons), plan.build)

    def _trained(self, plan: Plan, tokenizer: "PreTrainedTokenizerFast") -> "PreTrainedModel":
        if plan.weight_bits < WHOLE:
            model = self.opened(self.model(replace(plan, weight_bits=WHOLE)))[0]
            round_weights(model, plan.weight_bits)
            return model
        if plan.then:
            model, lessons = self.opened(self.model(replace(plan, then=())))[0], plan.then
        else:
            model, lessons = make_model(plan.build, len(tokenizer), plan.seed).to(self.device), plan.lessons
        soft = self.opened(self.folder / plan.teacher)[0] if plan.teacher and plan.recipe.soft > 0 else None
        teach(model, lay(tokenizer, lessons), plan.recipe, plan.seed, soft)
        return model
