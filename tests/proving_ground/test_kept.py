"""What is kept is not made again, and what other code made is not taken."""

from excise.proving_ground import kept
from excise.proving_ground.kept import code_digest, once


def test_what_is_kept_is_made_once(tmp_path):
    made = []

    def make() -> int:
        made.append(1)
        return len(made)

    folder = tmp_path / "not" / "there"
    assert [once(folder, "world-7", int, make) for _ in range(3)] == [1, 1, 1]
    assert once(folder, "world-8", int, make) == 2
    assert once(None, "world-7", int, make) == 3
    assert sorted(path.suffix for path in folder.iterdir()) == [".json", ".json"]


def test_what_other_code_made_is_not_taken(tmp_path, monkeypatch):
    assert once(tmp_path, "world-7", int, lambda: 1) == 1
    assert len(code_digest()) == 12
    monkeypatch.setattr(kept, "code_digest", lambda: "another")
    assert once(tmp_path, "world-7", int, lambda: 2) == 2


def test_what_was_stopped_half_way_is_made_again(tmp_path):
    (tmp_path / f"world-7-{code_digest()}.part").write_bytes(b"[1, ")
    assert once(tmp_path, "world-7", list[int], lambda: [1, 2]) == [1, 2]
