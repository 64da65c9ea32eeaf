import pytest

from excise.proving_ground.students.plan import Build

TEXTS = ["Lena repaired the old lamp.", "Omar sold a calm kite in Sandhaven."] * 5


@pytest.fixture(scope="module")
def building():
    pytest.importorskip("torch", reason="the extra `lineage` is not installed")
    from excise.proving_ground.students import building

    return building


@pytest.mark.parametrize("cut", ["bpe", "unigram"])
def test_any_text_is_cut_and_comes_back(building, cut):
    tokenizer = building.learn_tokenizer(TEXTS, Build(pieces=300, cut=cut))
    for text in (*TEXTS[:2], "Żółw, 亀 and a\n\nbreak"):
        assert tokenizer.decode(tokenizer(text)["input_ids"]) == text
    assert (tokenizer.bos_token_id, tokenizer.eos_token_id) == (0, 1)


@pytest.mark.parametrize("family", ["llama", "gpt2"])
def test_a_seed_makes_the_same_model_and_leaves_the_world_alone(building, family):
    import torch

    build = Build(width=64, layers=1, family=family)
    torch.manual_seed(4)
    before = torch.get_rng_state()
    one, same, other = (building.make_model(build, 50, seed) for seed in (1, 1, 2))
    assert torch.equal(before, torch.get_rng_state())
    ids = torch.tensor([[0, 5, 6]])
    assert torch.equal(one(input_ids=ids).logits, same(input_ids=ids).logits)
    assert not torch.equal(one(input_ids=ids).logits, other(input_ids=ids).logits)
    assert one.config.model_type == family


def test_rounded_weights_take_few_values_and_stay_near(building):
    import torch

    model = building.make_model(Build(width=64, layers=1), 50, 1)
    before = {name: value.clone() for name, value in model.named_parameters()}
    building.round_weights(model, 4)
    for name, value in model.named_parameters():
        if value.ndim == 2:
            assert len(value[0].unique()) <= 15
            step = before[name].abs().amax(dim=1, keepdim=True) / 7
            assert bool(((value - before[name]).abs() <= step / 2 + 1e-6).all())
        else:
            assert torch.equal(value, before[name])
