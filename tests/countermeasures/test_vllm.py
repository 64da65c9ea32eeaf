import importlib

import pytest

from excise.countermeasures import vllm
from excise.countermeasures.campaign_key import KeyFile, Master
from excise.countermeasures.changes import watermark
from excise.countermeasures.decoding import Bender
from excise.errors import BadSetting

torch = pytest.importorskip("torch", reason="needs pip install 'excise[lineage]'")
SIZE = 64


@pytest.fixture
def folder(tmp_path, monkeypatch):
    tokenizer = tmp_path / "tokenizer.json"
    tokenizer.write_text("{}")
    for campaign, name in (("campaign-7", "green_list"), ("campaign-8", "tournament")):
        KeyFile.of(
            Master(bytes(32)).campaign(campaign),
            countermeasure=name,
            settings=watermark(name).settings,
            tokenizer=tokenizer,
        ).write(tmp_path / f"{campaign}.key")
    monkeypatch.setenv(vllm.FOLDER, str(tmp_path))
    return tmp_path


def test_each_campaign_has_its_watermark(folder):
    found = vllm.benders(folder)
    assert {name: type(one.watermark).__name__ for name, one in found.items()} == {
        "campaign-7": "GreenList",
        "campaign-8": "Tournament",
    }
    assert found["campaign-7"].key.secret == Master(bytes(32)).campaign("campaign-7").secret


def test_a_folder_without_keys_or_with_two_of_one_is_refused(folder, tmp_path_factory):
    with pytest.raises(BadSetting, match="holds no key file"):
        vllm.benders(tmp_path_factory.mktemp("none"))
    twice = folder / "twice.key"
    twice.write_bytes((folder / "campaign-7.key").read_bytes())
    twice.chmod(0o600)
    with pytest.raises(BadSetting, match="another key file of campaign campaign-7"):
        vllm.benders(folder)


def test_a_request_names_its_campaign(folder):
    known = vllm.benders(folder)
    assert vllm.campaign_of({"excise_campaign": "campaign-8"}, known) == "campaign-8"
    for extra in (None, {}, {"other": "x"}):
        assert vllm.campaign_of(extra, known) is None
    for wrong in ("campaign-9", 7, ["campaign-7"]):
        with pytest.raises(ValueError, match="there is no key file of campaign"):
            vllm.campaign_of({"excise_campaign": wrong}, known)


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0])
def test_what_is_sampled_from_is_bent_as_transformers_bends_it(key, temperature):
    bender = Bender(watermark("green_list"), key)
    logits = torch.linspace(-2, 2, SIZE)
    got = vllm.Marked(bender, temperature)([1, 2, 3], [4, 5], logits) / temperature
    assert torch.allclose(got, bender.bent(logits / temperature, [3, 4, 5], 1), atol=1e-6)


def test_the_module_has_nothing_else():
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        vllm.Nothing  # noqa: B018


def test_vllm_itself_drives_it(folder):
    """Its own loader, its own batch bookkeeping and its own parameters, where vLLM is installed."""
    processors = pytest.importorskip("vllm.v1.sample.logits_processor", reason="needs vLLM")
    parameters = importlib.import_module("vllm").SamplingParams
    [kind] = processors._load_logitsprocs_by_fqcns(["excise.countermeasures.vllm:Watermarking"])
    assert issubclass(kind, processors.LogitsProcessor)
    loaded = processors.LogitsProcessors([kind(None, torch.device("cpu"), is_pin_memory=False)])
    [one] = loaded.non_argmax_invariant
    with pytest.raises(ValueError, match="no key file"):
        kind.validate_params(parameters(extra_args={"excise_campaign": "nobody"}))
    kind.validate_params(parameters())

    def asked(campaign, temperature=1.0):
        extra = {} if campaign is None else {"excise_campaign": campaign}
        return parameters(temperature=temperature, extra_args=extra)

    known = vllm.benders(folder)
    words = [[5], [6], [7, 8], [9]]
    batch = processors.BatchUpdateBuilder()
    for at, who in enumerate(
        [asked("campaign-7"), asked(None), asked("campaign-8", 0.5), asked("campaign-7", 0)]
    ):
        batch.added.append((at, who, [1, 2], words[at]))
    one.update_state(batch.get_and_reset(4))
    logits = torch.linspace(-2, 2, SIZE).repeat(4, 1)
    bent = one.apply(logits.clone())
    row = logits[0]
    assert torch.allclose(bent[0], known["campaign-7"].bent(row, [2, 5], 1))
    assert torch.equal(bent[1], row)
    assert torch.allclose(bent[2], known["campaign-8"].bent(row / 0.5, [2, 7, 8], 1) * 0.5)
    assert torch.equal(bent[3], row), "temperature 0"
    words[0].append(11)  # vLLM hands over the list itself, and appends to it
    assert torch.allclose(one.apply(logits.clone())[0], known["campaign-7"].bent(row, [2, 5, 11], 1))
    batch.removed_append(0)
    batch.moved.append((2, 0, processors.MoveDirectionality.UNIDIRECTIONAL))
    one.update_state(batch.get_and_reset(3))
    bent = one.apply(logits[:3].clone())
    assert torch.allclose(bent[0], known["campaign-8"].bent(row / 0.5, [2, 7, 8], 1) * 0.5)
    assert torch.equal(bent[1], row)


def test_without_a_folder_vllm_is_told_what_is_missing(monkeypatch):
    pytest.importorskip("vllm.v1.sample.logits_processor", reason="needs vLLM")
    monkeypatch.delenv(vllm.FOLDER, raising=False)
    with pytest.raises(BadSetting, match="set EXCISE_WATERMARKS"):
        vllm.Watermarking(None, torch.device("cpu"), is_pin_memory=False)
