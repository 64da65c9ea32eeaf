from pathlib import Path

from excise.service.journal.done import Done, done_of, keep


def test_it_is_kept_and_ordered(tmp_path: Path) -> None:
    assert done_of(tmp_path) == Done(0, 0) < Done(0, 1) < Done(1, 0)
    keep(tmp_path, Done(3, 4))
    assert done_of(tmp_path) == Done(3, 4)
    (tmp_path / "done").write_bytes(b"{")
    assert done_of(tmp_path) == Done(0, 0)
