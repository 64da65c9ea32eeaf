import shutil
from pathlib import Path
from typing import Any

import pytest
from scipy.stats import chisquare

from excise.errors import BadSetting
from excise.lineage.opening import open_suspect
from excise.lineage.replies import Message, Sampling
from excise.lineage.suspects import Access, Answered, Ask, Asked, NoAnswer, Scored, SuspectSilent

ASK = (Message("user", "the quick brown fox"),)
REPLY = "jumps over naïve cafés"


@pytest.fixture
def suspect(tiny_model: Path) -> Any:
    return open_suspect(f"hf:{tiny_model}")


def by_hand(torch: Any, folder: Path, text: str) -> list[float]:
    """The log-likelihood of each token of a text but the first, one forward pass for each."""
    transformers = pytest.importorskip("transformers")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModelForCausalLM.from_pretrained(folder).eval()
    ids = tokenizer(text)["input_ids"]
    with torch.inference_mode():
        return [
            float(model(input_ids=torch.tensor([ids[:at]])).logits[0, -1].double().log_softmax(-1)[ids[at]])
            for at in range(1, len(ids))
        ]


def test_it_sees_everything(suspect):
    assert suspect.access == set(Access)


def test_likelihoods_are_those_of_the_model(suspect, torch, tiny_model):
    (scored,) = suspect.token_log_likelihoods([Asked(ASK, REPLY)])
    assert isinstance(scored, Scored)
    assert "".join(scored.tokens) == REPLY
    expected = by_hand(torch, tiny_model, "the quick brown fox\n\n" + REPLY)
    assert scored.nats == pytest.approx(expected[-len(scored.nats) :], abs=1e-4)


def test_a_batch_gives_each_what_it_gets_alone(suspect):
    asked = [Asked(ASK, " ".join(["lazy dog"] * n)) for n in (1, 9, 3, 20, 2)]
    together = suspect.token_log_likelihoods(asked)
    for one, found in zip(asked, together, strict=True):
        (alone,) = suspect.token_log_likelihoods([one])
        assert found.tokens == alone.tokens
        assert found.nats == pytest.approx(alone.nats, abs=1e-4)


def test_what_has_no_likelihood_gets_no_answer(suspect):
    found = suspect.token_log_likelihoods(
        [Asked(ASK, ""), Asked((), "jumps"), Asked(ASK, "over " * 200), Asked(ASK, "over")]
    )
    assert [type(one) for one in found] == [NoAnswer, NoAnswer, NoAnswer, Scored]
    assert found[0].why == "the reply has no tokens"
    assert found[1].why == "nothing stands before the reply, so its first token has no likelihood"
    assert "and the model takes 160" in found[2].why


def test_the_same_seed_gives_the_same_text_whatever_is_asked_beside_it(suspect):
    asked = [Ask(ASK, "jumps", Sampling(max_tokens=12), seed) for seed in range(4)]
    asked += [Ask((Message("user", "at all"),), "", Sampling(max_tokens=12), 0)]
    together = suspect.answers(asked)
    assert all(isinstance(one, Answered) for one in together)
    assert together == [suspect.answers([one])[0] for one in asked]
    assert len({one.text for one in together}) > 3


def test_a_long_prompt_cuts_nobody_elses_answer(suspect):
    short = Ask(ASK, sampling=Sampling(max_tokens=30), seed=1)
    long = Ask((Message("user", "ha " * 140),), sampling=Sampling(max_tokens=30), seed=1)
    too_long = Ask((Message("user", "ha " * 200),), sampling=Sampling(max_tokens=30), seed=1)
    first, second, third = suspect.answers([short, long, too_long])
    assert [first, second] == [suspect.answers([one])[0] for one in (short, long)]
    assert len(second.tokens) < len(first.tokens)
    assert isinstance(third, NoAnswer)


def test_without_temperature_the_likeliest_is_said(suspect):
    cold = Sampling(temperature=0.0, max_tokens=8)
    first, second = suspect.answers([Ask(ASK, sampling=cold, seed=seed) for seed in (1, 2)])
    assert first == second


def test_sampling_follows_the_models_own_odds(suspect, torch, tiny_model):
    """Chi-square of the first token over 4,000 draws; flake probability below 1e-6 with another seed."""
    transformers = pytest.importorskip("transformers")
    model = transformers.AutoModelForCausalLM.from_pretrained(tiny_model).eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(tiny_model)
    ids = tokenizer("the quick brown fox\n\n")["input_ids"]
    with torch.inference_mode():
        odds = model(input_ids=torch.tensor([ids])).logits[0, -1].double().softmax(-1).numpy()
    drawn = [Ask(ASK, sampling=Sampling(max_tokens=1), seed=seed) for seed in range(4000)]
    tokens = [one.tokens[0] if one.tokens else tokenizer.eos_token_id for one in suspect.answers(drawn)]
    often = odds.argsort()[::-1][:20]
    counts = [tokens.count(int(token)) for token in often]
    expected = [4000 * odds[token] for token in often]
    rest, rest_expected = 4000 - sum(counts), 4000 - sum(expected)
    assert chisquare([*counts, rest], [*expected, rest_expected]).pvalue > 1e-6


@pytest.mark.usefixtures("torch")
def test_a_folder_without_a_model_says_so(tmp_path):
    with pytest.raises(SuspectSilent, match=r"its tokenizer cannot be loaded"):
        open_suspect(f"hf:{tmp_path}").token_log_likelihoods([Asked(ASK, REPLY)])


def test_without_the_extra_it_says_what_to_install(tiny_model, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(BadSetting, match=r"pip install 'excise\[lineage\]'"):
        open_suspect(f"hf:{tiny_model}").token_log_likelihoods([Asked(ASK, REPLY)])


def test_parameters_that_it_cannot_follow_get_no_answer(suspect):
    found = suspect.answers(
        [
            Ask(ASK, sampling=Sampling(presence_penalty=1.0)),
            Ask(ASK, sampling=Sampling(more='{"stop":["x"]}')),
        ]
    )
    assert found == [
        NoAnswer("a local model is not sampled with presence_penalty"),
        NoAnswer('a local model is not sampled with {"stop":["x"]}'),
    ]


def test_narrow_sampling_says_what_greedy_says(suspect):
    ways = ({"temperature": 0.0}, {"top_k": 1}, {"top_p": 1e-6}, {"min_p": 1.0}, {"temperature": 1e-3})
    cold, *narrow = suspect.answers(
        [Ask(ASK, sampling=Sampling(max_tokens=6, **way), seed=9) for way in ways]
    )
    assert narrow == [cold] * 4


def test_a_chat_template_is_used_where_there_is_one(torch, tiny_model, tmp_path):
    transformers = pytest.importorskip("transformers")
    tokenizer = transformers.AutoTokenizer.from_pretrained(tiny_model)
    tokenizer.chat_template = (
        "{% for m in messages %}[{{ m.role }}] {{ m.content }}\n{% endfor %}"
        "{% if add_generation_prompt %}[assistant] {% endif %}"
    )
    tokenizer.save_pretrained(tmp_path)
    transformers.AutoModelForCausalLM.from_pretrained(tiny_model).save_pretrained(tmp_path)
    suspect = open_suspect(f"hf:{tmp_path}")
    (scored,) = suspect.token_log_likelihoods([Asked(ASK, REPLY)])
    expected = by_hand(torch, tiny_model, "[user] the quick brown fox\n[assistant] " + REPLY)
    assert "".join(scored.tokens) == REPLY
    assert scored.nats == pytest.approx(expected[-len(scored.nats) :], abs=1e-4)


def test_a_template_that_refuses_is_told(tiny_model, tmp_path):
    transformers = pytest.importorskip("transformers")
    tokenizer = transformers.AutoTokenizer.from_pretrained(tiny_model)
    tokenizer.chat_template = "{{ raise_exception('roles must alternate') }}"
    tokenizer.save_pretrained(tmp_path)
    transformers.AutoModelForCausalLM.from_pretrained(tiny_model).save_pretrained(tmp_path)
    suspect = open_suspect(f"hf:{tmp_path}")
    (scored,) = suspect.token_log_likelihoods([Asked(ASK, REPLY)])
    assert isinstance(scored, NoAnswer)
    assert "roles must alternate" in scored.why
    (said,) = suspect.answers([Ask(ASK)])
    assert isinstance(said, NoAnswer)


@pytest.mark.usefixtures("torch")
def test_other_weights_are_another_model(tiny_model, tmp_path):
    shutil.copytree(tiny_model, tmp_path / "copy")
    first = open_suspect(f"hf:{tiny_model}").identity
    assert open_suspect(f"hf:{tmp_path / 'copy'}").identity == first
    weights = tmp_path / "copy" / "model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    assert open_suspect(f"hf:{tmp_path / 'copy'}").identity != first
    assert first.startswith("sha256:")
    assert open_suspect("hf:somebody/some-model").identity == ""
