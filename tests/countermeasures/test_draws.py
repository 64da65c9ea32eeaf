import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from excise.countermeasures.draws import draws_at, spots, vocabulary_draws

SECRET = bytes(range(32))


@given(
    st.lists(st.integers(0, 2**31), min_size=1, max_size=4),
    st.lists(st.integers(0, 999), min_size=1, max_size=20),
)
@settings(max_examples=50, deadline=None)
def test_one_spot_is_looked_up_as_the_vocabulary_is(context, tokens):
    whole = vocabulary_draws(SECRET, context, 1_000)
    at = np.array([[*context, token] for token in tokens])
    assert draws_at(SECRET, at).tolist() == whole[tokens].tolist()


def test_numbers_are_uniform_and_do_not_hang_together():
    """500,000 numbers: each bound is 5 standard deviations, 12 of them: fails in 1 of 100,000 keys."""
    table = np.stack([vocabulary_draws(SECRET, [n], 1_000) for n in range(500)]).astype(float) / 2**32
    size = table.size
    assert abs(table.mean() - 0.5) < 5 * np.sqrt(1 / 12 / size)
    centered = table - 0.5
    for a, b in (
        (centered[:, :-1], centered[:, 1:]),  # tokens beside each other, one block
        (centered[:, :-4], centered[:, 4:]),  # the next block
        (centered[:-1], centered[1:]),  # the next context
    ):
        assert abs((a * b).mean()) < 5 / 12 / np.sqrt(a.size)
    share = (table < 0.25).mean(axis=1)
    assert abs(share.std() / np.sqrt(0.1875 / 1_000) - 1) < 5 / np.sqrt(2 * 500)
    bits = np.unpackbits(vocabulary_draws(SECRET, [1], 100_000).view(np.uint8)).reshape(-1, 32).mean(axis=0)
    assert np.abs(bits - 0.5).max() < 5.5 * 0.5 / np.sqrt(100_000)


def test_another_key_is_another_table():
    one, other = (vocabulary_draws(secret, [3], 100_000) for secret in (SECRET, bytes(32)))
    assert (one == other).mean() < 0.001
    assert abs(np.corrcoef(one, other)[0, 1]) < 5 / np.sqrt(100_000)


def test_the_numbers_are_what_they_were():
    """A key that is in use has to read what it wrote: this must never change."""
    assert vocabulary_draws(SECRET, [1, 2], 5).tolist() == GOLDEN


GOLDEN = [371922384, 4097276568, 1825829064, 965027614, 1769473972]


def test_spots_are_what_has_a_whole_context():
    assert spots([1, 2, 3, 4], 2).tolist() == [[1, 2, 3], [2, 3, 4]]
    for short in ([], [1], [1, 2]):
        assert spots(short, 2).shape == (0, 3)
    assert draws_at(SECRET, spots([1], 2)).shape == (0,)
