"""A portion of a log becomes observations, in whatever process, and says no secret on its way there."""

import io
import pickle

from excise.ingest.reading import portions
from excise.observation.observed import Asking, observed, tally_of

LINE = (
    b'{"id": "r%d", "startTime": 1759708800.0, "endTime": 1759708801.0, "model": "m", "status": "success",'
    b' "call_type": "acompletion", "metadata": {"user_api_key_user_id": %s},'
    b' "messages": [{"role": "user", "content": "Good morning to all of you"}]}\n'
)
KEYS = (bytes(32), bytes([1]) * 32)


def portion(*lines: bytes):
    (one,) = portions(["-"], "litellm", max_line_bytes=10_000, stdin=io.BytesIO(b"".join(lines)))
    return one


def test_a_portion_is_observed_under_each_key() -> None:
    one = observed(portion(*(LINE % (n, b'"ann"') for n in range(3))), Asking(KEYS))
    first, second = one.rows
    assert first.num_rows == second.num_rows == one.read == 3
    assert first.column("account").to_pylist() == ["ann"] * 3
    for name in ("record", "prompt"):
        assert not set(first.column(name).to_pylist()) & set(second.column(name).to_pylist())


def test_lines_are_counted_by_what_they_were() -> None:
    one = observed(portion(LINE % (1, b'"ann"'), b"{oh\n", LINE % (2, b"null")), Asking(KEYS[:1]))
    assert (one.lines, one.read, len(one.rejects), one.without_account) == (3, 2, 1, 1)
    assert (one.format_name, one.account_field) == ("litellm", "user")
    tally = tally_of(one)
    assert (tally.lines, tally.read, tally.rejects, tally.without_account) == (3, 2, one.rejects, 1)
    assert tally.exchanges == []


def test_a_portion_and_its_result_go_from_process_to_process() -> None:
    asking, part = Asking(KEYS), portion(LINE % (1, b'"ann"'))
    here = observed(part, asking)
    there = pickle.loads(
        pickle.dumps(observed(pickle.loads(pickle.dumps(part)), pickle.loads(pickle.dumps(asking))))
    )
    assert there.rows == here.rows
    assert there.rejects == here.rejects


def test_what_is_asked_does_not_show_the_keys() -> None:
    assert "keys" not in repr(Asking(KEYS))
    assert str(KEYS[1]) not in repr(Asking(KEYS))
