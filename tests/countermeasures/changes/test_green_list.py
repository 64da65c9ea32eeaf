import numpy as np
import pytest

from excise.countermeasures.changes import watermark
from excise.countermeasures.decoding import Marking
from excise.countermeasures.draws import draws_at, spots, vocabulary_draws
from excise.errors import BadSetting, UnknownMember


def test_a_share_of_the_vocabulary_is_green_and_gains_the_boost(key):
    torch = pytest.importorskip("torch", reason="needs pip install 'excise[lineage]'")
    mark = watermark("green_list", {"share": "0.25", "boost": "2.0"})
    draws = vocabulary_draws(key.secret, [5], 20_000)
    gained = (mark.bend(torch.zeros(20_000), draws)).numpy()
    assert sorted(set(gained.tolist())) == [0.0, 2.0]
    # 5 standard deviations of 20,000 tokens
    assert abs((gained > 0).mean() - 0.25) < 5 * np.sqrt(0.1875 / 20_000)
    assert ((gained > 0) == (mark.marks(draws)[:, 0] == 1)).all()


def test_its_text_is_green_under_its_key_only(serving, key, other_key):
    mark = watermark("green_list")
    marked = serving.generate([[1]] * 8, Marking(mark, [key] * 8, start=1))
    plain = serving.generate([[1]] * 8, None)

    def share(texts, who):
        at = np.concatenate([spots(text, 1) for text in texts])
        return mark.marks(draws_at(who.secret, at)).mean()

    # A boost of 2 on a flat model makes e^2 / 4 / (e^2 / 4 + 3 / 4) = 0.71 green; bounds are 5 deviations.
    assert abs(share(marked, key) - 0.71) < 0.1
    assert abs(share(marked, other_key) - 0.25) < 0.08
    assert abs(share(plain, key) - 0.25) < 0.08


@pytest.mark.parametrize("said", [{"share": "0"}, {"share": "1"}, {"boost": "-1"}, {"width": "0"}])
def test_settings_that_mark_nothing_are_refused(said):
    with pytest.raises(BadSetting, match="green_list takes"):
        watermark("green_list", said)


def test_unknown_and_wrong_settings_are_named():
    with pytest.raises(UnknownMember, match="did you mean 'share'"):
        watermark("green_list", {"shar": "0.2"})
    with pytest.raises(BadSetting, match="'wide' is no int"):
        watermark("green_list", {"width": "wide"})
    with pytest.raises(UnknownMember, match="green_list, tournament"):
        watermark("reasoning")
