import multiprocessing
from pathlib import Path

import msgspec

from excise.casework.state.chain import Entry, Outside, hash_of, sealed_after


def chain(count: int) -> list[Entry]:
    entries, previous = [], "0" * 64
    for number in range(count):
        entry = sealed_after(number, previous, at_s=5.0, by="ann", verb="v", text=f"t{number}")
        entries.append(entry)
        previous = entry.hash
    return entries


def test_every_field_is_in_the_hash():
    one = sealed_after(
        0, "0" * 64, at_s=5.0, by="ann", verb="v", text="t", case="c", about="a", record={"b": 1}
    )
    assert hash_of(one) == one.hash
    for name in Entry.__struct_fields__:
        if name != "hash":
            value = getattr(one, name)
            other = value + 1 if isinstance(value, int | float) else value + "x"
            assert hash_of(msgspec.structs.replace(one, **{name: other})) != one.hash, name


def test_what_the_file_lacks_is_filled_in(tmp_path: Path):
    entries = chain(9)
    outside = Outside(tmp_path / "deep" / "l.jsonl")
    outside.append(entries[:2], lambda _: iter(()))
    outside.append(entries[6:], lambda after: iter(entries[after:]))
    assert list(outside.entries()) == entries
    outside.append(entries[3:5], lambda _: iter(()))
    assert list(outside.entries()) == entries


def test_a_line_left_unfinished_is_cut_off(tmp_path: Path):
    entries = chain(5)
    outside = Outside(tmp_path / "l.jsonl")
    outside.append(entries[:3], lambda _: iter(()))
    whole = outside.path.read_bytes()
    for cut in range(len(whole) - 1, len(whole) - 60, -7):
        outside.path.write_bytes(whole[:cut])
        outside.append(entries[3:], lambda after: iter(entries[after:]))
        assert list(outside.entries()) == entries


def test_lines_longer_than_a_block(tmp_path: Path):
    long = sealed_after(0, "0" * 64, at_s=5.0, by="ann", verb="v", text="x" * 200_000)
    after = sealed_after(1, long.hash, at_s=5.0, by="ann", verb="v", text="y" * 200_000)
    outside = Outside(tmp_path / "l.jsonl")
    outside.append([long], lambda _: iter(()))
    outside.append([after], lambda _: iter(()))
    assert list(outside.entries()) == [long, after]


def _append(path: Path, number: int) -> None:
    entries = chain(200)
    outside = Outside(path)
    for at in range(number, 200, 4):
        outside.append([entries[at]], lambda after: iter(entries[after : at + 1]))  # noqa: B023


def test_several_processes_write_one_file(tmp_path: Path):
    path = tmp_path / "l.jsonl"
    spawn = multiprocessing.get_context("fork")
    workers = [spawn.Process(target=_append, args=(path, number)) for number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert list(Outside(path).entries()) == chain(200)


def test_trouble_is_told_and_not_raised(tmp_path: Path):
    (tmp_path / "file").write_text("x")
    outside = Outside(tmp_path / "file" / "l.jsonl")
    outside.append(chain(1), lambda _: iter(()))
    assert "Not a directory" in str(outside.trouble) or "exists" in str(outside.trouble)
