"""A model made on the spot: too small to say anything, large enough to be sampled from."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from excise.countermeasures.campaign_key import CampaignKey, Master

SIZE = 400


class Serving(NamedTuple):
    model: Any
    tokenizer: Path
    generate: Callable[..., list[list[int]]]


@pytest.fixture(scope="session")
def key() -> CampaignKey:
    return Master(bytes(range(32))).campaign("campaign-7")


@pytest.fixture(scope="session")
def other_key() -> CampaignKey:
    return Master(bytes(range(32))).campaign("campaign-8")


@pytest.fixture(scope="session")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Serving:
    torch = pytest.importorskip("torch", reason="needs PyTorch: pip install 'excise[lineage]'")
    transformers = pytest.importorskip("transformers", reason="needs pip install 'excise[lineage]'")
    tokenizers = pytest.importorskip("tokenizers", reason="needs pip install 'excise[lineage]'")
    torch.set_num_threads(1)
    torch.manual_seed(7)
    config = transformers.GPT2Config(
        vocab_size=SIZE, n_positions=256, n_embd=32, n_layer=1, n_head=2, bos_token_id=0, eos_token_id=0
    )
    model = transformers.GPT2LMHeadModel(config).eval()
    words = {f"w{n}": n for n in range(SIZE)}
    tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel(words, unk_token="w0"))
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.WhitespaceSplit()
    file = tmp_path_factory.mktemp("serving") / "tokenizer.json"
    tokenizer.save(str(file))

    def generate(prompts: list[list[int]], processor: Any, *, tokens: int = 100, seed: int = 1) -> Any:
        torch.manual_seed(seed)
        processors = [] if processor is None else [processor]
        ids = torch.tensor(prompts)
        whole = model.generate(
            input_ids=ids,
            attention_mask=torch.ones_like(ids),
            do_sample=True,
            max_new_tokens=tokens,
            min_new_tokens=tokens,
            pad_token_id=0,
            top_k=0,
            logits_processor=transformers.LogitsProcessorList(processors),
        )
        return whole[:, ids.shape[1] :].tolist()

    return Serving(model, file, generate)
