"""What a judgement of everything could not see is kept, with the settings of the formats that were read."""

from excise.service.loop import blindness
from excise.store.store import DERIVED


def test_the_first_judgement_says_what_it_could_not_see(bench, world):
    one = bench("blind")
    one.waiting.batches.extend(world.rows.combine_chunks().to_batches())
    one.turns()
    kept = blindness.read(one.store.path / DERIVED)
    assert kept is not None
    assert kept.at_s == world.ends_at_s
    assert blindness.formats_in(one.store) == {"litellm"}
    assert kept.blind, "made-up logs lack something of everything"
    assert all(sentence.endswith(".") for sentence in kept.blind)


def test_what_another_version_kept_is_none(tmp_path):
    assert blindness.read(tmp_path) is None
    (tmp_path / blindness.FILE).write_text("[1]")
    assert blindness.read(tmp_path) is None
