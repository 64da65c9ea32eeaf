"""What is worth merging."""

from hypothesis import given, settings
from hypothesis import strategies as st

from excise.store.compaction import groups
from excise.store.manifest import Segment

SEGMENTS = st.lists(
    st.tuples(
        st.sampled_from(["k1", "k2"]), st.sampled_from(["2025-10-06", "2025-10-07"]), st.integers(1, 120)
    ),
    max_size=30,
).map(lambda made: [Segment(k, d, n, rows=r, size_bytes=0, digest="") for n, (k, d, r) in enumerate(made)])


@settings(deadline=None)
@given(SEGMENTS)
def test_groups_are_of_one_day_and_of_small_segments_each_once(made: list[Segment]) -> None:
    found = groups(made, rows=100)
    merged = [segment for group in found for segment in group]
    assert len(merged) == len(set(merged))
    for group in found:
        assert len(group) > 1
        assert len({(segment.key, segment.day) for segment in group}) == 1
        assert all(segment.rows < 100 for segment in group)
        assert sum(segment.rows for segment in group) < 200


@settings(deadline=None)
@given(SEGMENTS)
def test_of_each_day_at_most_one_small_segment_is_left(made: list[Segment]) -> None:
    found = groups(made, rows=100)
    merged = {segment for group in found for segment in group}
    for day in {(segment.key, segment.day) for segment in made}:
        left = [s for s in made if (s.key, s.day) == day and s not in merged and s.rows < 100]
        assert len(left) <= 1
