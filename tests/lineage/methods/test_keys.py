import msgspec
import numpy as np
import pytest

from excise.countermeasures.campaign_key import CampaignKey, KeyFile, Master
from excise.countermeasures.changes import watermark
from excise.countermeasures.draws import vocabulary_draws
from excise.errors import BadSetting, BadTable
from excise.lineage.methods import Given, Method
from excise.lineage.replies import Message, Prompt
from excise.lineage.suspects import Answered, NoAnswer
from excise.open_folder import member

tokenizers = pytest.importorskip("tokenizers", reason="needs pip install 'excise[lineage]'")

SIZE = 300
MASTER = Master(bytes(range(32)))


def keys(**settings):
    return member("excise.lineage.methods", Method, "keys").from_settings(
        [(name, str(value)) for name, value in settings.items()]
    )


@pytest.fixture
def key_file(tmp_path):
    def made(campaign: str, secret: bytes | None = None, name: str = "green_list"):
        folder = tmp_path / "tokenizer.json"
        if not folder.exists():
            words = {f"w{n}": n for n in range(SIZE)}
            tokenizer = tokenizers.Tokenizer(tokenizers.models.WordLevel(words, unk_token="w0"))
            tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.WhitespaceSplit()
            tokenizer.save(str(folder))
        key = MASTER.campaign(campaign) if secret is None else CampaignKey(campaign, secret)
        file = KeyFile.of(key, countermeasure=name, settings=watermark(name).settings, tokenizer=folder)
        path = tmp_path / f"{campaign}.key"
        path.unlink(missing_ok=True)
        file.write(path)
        return path

    return made


def said(secret: bytes | None, answers: int, *, boost: float = 0.5, seed: int = 1) -> list[str]:
    """What a student says that took over a part of a boost: a stand-in whose mark is known exactly.

    Real students are in the trial of lineage.
    """
    dice = np.random.default_rng(seed)
    green = np.zeros((SIZE, SIZE), dtype=bool)
    if secret is not None:
        mark = watermark("green_list")
        green = np.stack([mark.marks(vocabulary_draws(secret, [n], SIZE))[:, 0] == 1 for n in range(SIZE)])
    odds = dice.dirichlet(np.full(SIZE, 0.3), size=SIZE) * np.exp(boost * green)
    steps = np.cumsum(odds / odds.sum(axis=1, keepdims=True), axis=1)
    texts = []
    for _ in range(answers):
        row = [int(dice.integers(SIZE))]
        for _ in range(60):
            row.append(min(int(np.searchsorted(steps[row[-1]], dice.random())), SIZE - 1))
        texts.append(" ".join(f"w{n}" for n in row))
    return texts


def given_of(path, prompts: int = 60, text: str = "w1 w2"):
    return Given(
        prompts=tuple(
            Prompt(row=n + 1, id="", messages=(Message("user", f"{text} w{n}"),)) for n in range(prompts)
        ),
        key_file=path,
    )


def run(path, texts, **settings):
    method, given = keys(**{"fresh": 200, **settings}), given_of(path, len(texts))
    evidence = method.evidence(given, 3)
    readings = [
        evidence.read(step, [Answered(text)])
        for step, text in zip(method.steps(given, 3), texts, strict=True)
    ]
    return evidence, readings, {fact.name: fact.value for fact in evidence.facts()}


def test_a_student_is_known_by_its_campaigns_key_and_by_no_other(key_file):
    texts = said(MASTER.campaign("campaign-7").secret, 250)
    evidence, readings, facts = run(key_file("campaign-7"), texts)
    assert evidence.bits > 40
    assert readings[-1].bits == evidence.bits
    assert (facts["rank"], facts["p-of-rank"]) == (1, 1 / 201)
    assert np.log2(201) - 0.5 < facts["bits-of-rank"] <= np.log2(201) + 1e-9
    assert facts["fresh-most-bits"] < 12
    other, _, facts = run(key_file("campaign-8"), texts)
    # 3 bits by chance: 1 in 8
    assert other.bits < 3
    assert facts["rank"] > 5


def test_one_that_never_saw_a_mark_gives_no_bits(key_file):
    evidence, readings, facts = run(key_file("campaign-7"), said(None, 200))
    assert max(reading.bits for reading in readings) < 3
    assert facts["p-of-rank"] > 0.02
    # 200 keys: 5 standard deviations
    assert abs(facts["fresh-z-spread"] - 1) < 5 / np.sqrt(400)
    assert facts["published-z-spread"] > facts["fresh-z-spread"]
    assert evidence.bits == readings[-1].bits


def test_the_rank_of_a_key_without_a_part_is_each_equally_often(key_file):
    """300 keys ranked among 9 fresh ones: chi-square of 9, below 34 but for 1 in 10,000."""
    texts = said(None, 3)
    ranks = []
    for n in range(300):
        path = key_file("any", secret=n.to_bytes(32, "big"))
        ranks.append(int(run(path, texts, fresh=9, sightings=1)[2]["rank"]))
    seen = np.bincount(ranks, minlength=11)[1:]
    assert ((seen - 30) ** 2 / 30).sum() < 34


def test_what_is_repeated_and_what_was_shown_count_for_nothing(key_file):
    path = key_file("campaign-7")
    method, given = keys(fresh=5), given_of(path, 3, text="w5 w6 w7")
    evidence, [step, *_] = method.evidence(given, 1), method.steps(given, 1)
    readings = [evidence.read(step, [Answered("w5 w6 w7 w5 w6")]) for _ in range(4)]
    assert [reading.score is None for reading in readings] == [True, True, False, True]
    assert readings[3].note == "no spot came up often enough"
    for nothing in (Answered(""), Answered("w9"), NoAnswer("down")):
        assert evidence.read(step, [nothing]).score is None
    # w7 w5 came up; w5 w6 and w6 w7 stood in the prompt
    assert {fact.name: fact.value for fact in evidence.facts()}["spots"] == 1


def test_with_no_answers_there_is_nothing_to_tell(key_file):
    evidence = keys().evidence(given_of(key_file("campaign-7")), 1)
    assert evidence.bits == 0.0
    assert evidence.facts() == ()


def test_prompts_that_carry_the_mark_are_refused(key_file):
    path = key_file("campaign-7")
    marked = said(MASTER.campaign("campaign-7").secret, 40, boost=2.0)
    prompts = tuple(
        Prompt(row=n + 1, id="", messages=(Message("user", text),)) for n, text in enumerate(marked)
    )
    [first, second] = keys().cautions(Given(prompts=prompts, key_file=path))
    assert (first.severity, first.name) == ("refuse", "marked-prompts")
    assert (second.severity, second.name) == ("warn", "few")
    assert keys().cautions(given_of(path)) == ()


def test_the_order_of_prompts_is_the_seeds(key_file):
    given = given_of(key_file("campaign-7"))
    method = keys(samples=2)
    steps = method.steps(given, 1)
    assert steps == method.steps(given, 1) != method.steps(given, 2)
    assert len(steps) == 120
    assert len({msgspec.json.encode(step.questions) for step in steps}) == 120


def test_what_is_missing_is_named(key_file):
    with pytest.raises(BadTable, match="no prompts were given"):
        keys().steps(Given(key_file=key_file("campaign-7")), 1)
    with pytest.raises(BadSetting, match="--key-file"):
        keys().evidence(Given(), 1)
    for said_ in ({"fresh": 0}, {"sightings": 0}, {"samples": 0}, {"temperature": 0.0}, {"max_tokens": 1}):
        with pytest.raises(BadSetting, match="keys takes"):
            keys(**said_)
