import gzip
import io
import os
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import zstandard

from excise.errors import TooManyRejects, UnknownFormat, UnknownMember
from excise.ingest.reading import batch, portions, read

HERE = Path(__file__).parent / "logs"


def line(number: int) -> bytes:
    return b'{"id":"r%d","call_type":"acompletion","startTime":1759708800.5}\n' % number


def ids(paths: list[Path], **options: object) -> list[str]:
    return [exchange.record_id for one in read(paths, **options) for exchange in one.exchanges]


def test_golden_logs_side_by_side() -> None:
    found = {one.file.rpartition("/")[2]: one for one in read(sorted(HERE.glob("*.json*")))}
    assert found
    assert [name for name, one in found.items() if one.format_name != name.partition(".")[0]] == []
    assert found["langfuse.json"].exchanges == found["langfuse.jsonl"].exchanges
    for one in found.values():
        assert one.lines == one.read + one.skipped + len(one.rejects) + one.unfinished
        assert one.source == one.format_name


def test_all_packings_give_the_same(tmp_path: Path) -> None:
    data = b"".join(map(line, range(50)))
    array = b"[" + data.strip().replace(b"\n", b",") + b"]"
    written = {
        "plain": data,
        "gz": gzip.compress(data, mtime=0),
        "zst": zstandard.ZstdCompressor().compress(data),
        "bom": b"\xef\xbb\xbf" + data,
        "crlf": data.replace(b"\n", b"\r\n"),
        "blank": data.replace(b"\n", b"\n\n"),
        "array": array,
        "array.gz": gzip.compress(array, mtime=0),
    }
    for name, content in written.items():
        (tmp_path / name).write_bytes(content)
        assert ids([tmp_path / name]) == [f"r{n}" for n in range(50)], name


def test_progress_counts_packed_bytes_over_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(gzip.compress(b"".join(map(line, range(2_000)))))
    total = sum(path.stat().st_size for path in tmp_path.iterdir())
    seen = [(one.bytes_read, one.bytes_total) for one in read([tmp_path])]
    assert seen[-1] == (total, total)
    assert [read for read, _ in seen] == sorted(read for read, _ in seen)


def test_standard_input_has_no_total() -> None:
    (one,) = read(["-"], stdin=io.BytesIO(line(1)))
    assert (one.bytes_total, one.file, len(one.exchanges)) == (None, "-", 1)


def test_a_file_that_is_being_written_is_read_to_its_last_whole_line(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(line(1) + line(2)[:20])
    (one,) = read([path])
    assert (one.read, one.unfinished, one.rejects) == (1, 1, [])
    path.write_bytes(line(1) + line(2) + line(3)[:-1])
    assert ids([path]) == ["r1", "r2", "r3"]


def test_a_file_that_has_only_begun_is_no_error(tmp_path: Path) -> None:
    path = tmp_path / "log"
    for begun in (b"", b"\n", b'{"id":"r1","call_', gzip.compress(line(1))[:5], gzip.compress(line(1))[:15]):
        path.write_bytes(begun)
        assert ids([path]) == []


def test_a_gzip_stream_that_is_being_written(tmp_path: Path) -> None:
    path = tmp_path / "log.gz"
    packed = gzip.compress(b"".join(map(line, range(20_000))))
    path.write_bytes(packed[: len(packed) // 2])
    batches = list(read([path]))
    assert sum(len(one.exchanges) for one in batches) > 1_000
    assert [one.text.split(",")[0] for one in batches[-1].notices] == ["the gzip stream ends early"]
    assert not any(one.rejects for one in batches)


def test_more_rejects_than_allowed(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"".join(map(line, range(94))) + b"{]\n" * 6)
    with pytest.raises(
        TooManyRejects, match=r"6 of 100 lines could not be read, more than the 5\.0% allowed"
    ):
        list(read([path]))
    assert len(ids([path], max_reject_share=0.06)) == 94


def test_the_batch_with_the_rejects_comes_before_the_error(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(line(1) + b"{]\n")
    batches = read([path])
    assert [reject.line for reject in next(batches).rejects] == [2]
    with pytest.raises(TooManyRejects, match="line 2: not JSON: object keys must be strings"):
        next(batches)


def test_a_few_bad_lines_at_the_start_are_judged_by_the_whole(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"{]\n" * 3 + b"".join(map(line, range(97))))
    assert len(ids([path])) == 97


def test_unknown_files(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    for content, why in [
        (b"hello\nworld\n", "no line of it is a JSON object"),
        (b'{"greeting": 1}\n', "no format recognizes its records"),
        (b"PK\x03\x04rest", "a zip archive"),
        (b"\x00" * 5_000, "no line of it is a JSON object"),
    ]:
        path.write_bytes(content)
        with pytest.raises(UnknownFormat, match=why):
            list(read([path]))
        with pytest.raises(UnknownFormat, match=why):
            list(read([tmp_path]))


def test_unknown_files_of_a_folder_are_passed_over_with_a_notice(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"hello\n")
    (tmp_path / "b.zip").write_bytes(b"PK\x03\x04")
    (tmp_path / "c.jsonl").write_bytes(line(1))
    (tmp_path / "d.txt").write_bytes(b"hello\n")
    batches = list(read([tmp_path]))
    assert [e.record_id for one in batches for e in one.exchanges] == ["r1"]
    notices = [notice for one in batches for notice in one.notices]
    assert [Path(notice.file).name for notice in notices] == ["a.txt", "b.zip", "d.txt"]
    assert all(notice.text.startswith("passed over: ") for notice in notices)


def test_a_format_that_is_named_is_used(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b'{"startTime": 1759708800.5}\n')
    with pytest.raises(UnknownFormat):
        list(read([path]))
    assert len(ids([path], format_name="litellm")) == 1
    with pytest.raises(UnknownMember):
        list(read([path], "litelm"))


def test_only_lines_that_are_too_long(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"x" * 20_000_000 + b"\n" + line(1))
    (first, *rest) = read([path], max_line_bytes=1_000, max_reject_share=1.0)
    assert [reject.line for reject in first.rejects] == [1]
    assert [e.record_id for one in rest for e in one.exchanges] == ["r1"]


def test_portions_are_decoded_anywhere(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(b"".join(map(line, range(80_000))))
    with ThreadPoolExecutor(2) as pool:
        found = [e.record_id for one in pool.map(batch, portions([path])) for e in one.exchanges]
    assert found == [f"r{n}" for n in range(80_000)]


def test_a_bomb_of_blank_lines_is_never_held(tmp_path: Path) -> None:
    path = tmp_path / "log.gz"
    with gzip.open(path, "wb", 1) as packed:
        for _ in range(64):
            packed.write(b"\n" * 2**20)
        packed.write(line(1))
    tracemalloc.start()
    assert ids([path]) == ["r1"]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 * 2**20


def test_the_source_may_be_named(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(line(1))
    (one,) = read([tmp_path / "log"], source="gateway-eu", account_field="team")
    assert (one.source, one.account_field, one.without_account) == ("gateway-eu", "team", 1)


def shared() -> Path:
    folder = Path(os.environ.get("EXCISE_SHARED", Path(__file__).parents[3] / "shared"))
    log = folder / "data" / "traffic" / "log.litellm.jsonl.gz"
    if not log.exists():
        pytest.skip("the composed log is not on this machine; name its folder with EXCISE_SHARED")
    return log


def test_the_composed_log() -> None:
    log = shared()
    seen = without = withheld = 0
    for one in read([log], latest_s=1_760_400_000.0):
        seen += len(one.exchanges)
        without += one.without_account
        withheld += sum(e.reply is None and e.outcome == "success" for e in one.exchanges)
        assert not one.rejects
        assert not one.notices
    assert (seen, without, withheld) == (59_920, 0, 38_501)
