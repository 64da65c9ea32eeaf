from excise.lineage.replies import Sampling
from excise.lineage.sampling import _Noise, cannot


def test_noise_belongs_to_its_seed_and_not_to_its_neighbors(torch):
    scores = torch.zeros((3, 50))
    together = _Noise([4, 5, 6])(None, scores)
    assert torch.equal(together[1], _Noise([5])(None, scores[:1])[0])
    assert len({float(row[0]) for row in together}) == 3


def test_what_cannot_be_done_is_named():
    assert cannot(Sampling(min_p=0.1, repetition_penalty=1.2, seed=3)) == ""
    assert (
        cannot(Sampling(presence_penalty=0.5, frequency_penalty=0.1)) == "presence_penalty, frequency_penalty"
    )
