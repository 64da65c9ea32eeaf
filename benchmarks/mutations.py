"""What a hostile or damaged log does to the reader: ten thousand mutated lines of each format.

    python benchmarks/mutations.py [--lines 10000] [--seed 7] [--date 2026-11-24]

Lines of the golden logs are mutated: bits flipped, cut off, given wrong types, nested without end, made
invalid as UTF-8, given numbers that are none, filled with control characters. One line has 100 MB. Each file
is read in a process of its own, plain and gzipped; then bombs are: small files that unpack to a gigabyte.
Looked at are crashes (an exit other than 0), the peak of memory (Linux alone says it), and whether every line
was accounted for: read, passed over, rejected, or left for the next reading. The measurement is written where
a date is given.
"""

import argparse
import copy
import gzip
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import numpy as np
import zstandard

from excise.ingest.formats import Format
from excise.ingest.reading import read
from excise.open_folder import members

LOGS = Path(__file__).parents[1] / "tests" / "ingest" / "logs"
LONG_LINE_BYTES = 100_000_000
BOMB_BYTES = 2**30
MIB = 2**20
Random = np.random.Generator

WRONG = [
    None,
    True,
    -1,
    5,
    1e300,
    "",
    "x",
    [],
    {},
    [[]],
    {"a": 1},
    ["x", 5],
    2**63,
    10**400,
    "\x00",
    {"type": []},
]
NUMBERS = [b"NaN", b"-Infinity", b"1e999", b"0x10", b"01", b"9" * 5_000, b"1.", b"--1"]
INVALID = [
    b"\xff",
    b"\xc3\x28",
    b"\xed\xa0\x80",
    b"\xf8\x88\x80\x80\x80",
    b"\\ud800",
    b"\\udc00x",
    b"\xc0\xaf",
    b"\x00",
]


def places(value: object, so_far: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place in a JSON value."""
    if so_far:
        yield so_far
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from places(inner, (*so_far, key))


def flipped(line: bytes, chance: Random) -> bytes:
    """Flip one to eight bits."""
    data = bytearray(line)
    for at in chance.integers(0, len(data), chance.integers(1, 9)):
        data[at] ^= 1 << int(chance.integers(0, 8))
    return bytes(data)


def cut(line: bytes, chance: Random) -> bytes:
    """Cut off the end, the beginning, or a piece within."""
    one, other = sorted(chance.integers(0, len(line) + 1, 2))
    return (line[:one], line[other:], line[:one] + line[other:])[chance.integers(0, 3)]


def retyped(line: bytes, chance: Random) -> bytes:
    """Give one to three places a value of another type."""
    record = msgspec.json.decode(line)
    for _ in range(chance.integers(1, 4)):
        found = list(places(record))
        *above, last = found[chance.integers(0, len(found))]
        holder = record
        for step in above:
            holder = holder[step]
        holder[last] = copy.deepcopy(WRONG[chance.integers(0, len(WRONG))])
    return json.dumps(record).encode()


def nested(line: bytes, chance: Random) -> bytes:
    """Put arrays or objects, nested up to ten thousand deep, in the place of one value."""
    depth = int(10 ** chance.uniform(1, 4))
    opened, closed = ((b"[", b"]"), (b'{"content":', b"}"), (b'{"content":[', b"]}"))[chance.integers(0, 3)]
    record = msgspec.json.decode(line)
    found = list(places(record))
    *above, last = found[chance.integers(0, len(found))]
    holder = record
    for step in above:
        holder = holder[step]
    holder[last] = "PLACE"
    return msgspec.json.encode(record).replace(b'"PLACE"', opened * depth + b"1" + closed * depth)


def inserted(pieces: list[bytes]) -> Callable[[bytes, Random], bytes]:
    """Put one of several pieces somewhere."""

    def mutated(line: bytes, chance: Random) -> bytes:
        at = int(chance.integers(0, len(line) + 1))
        return line[:at] + pieces[chance.integers(0, len(pieces))] + line[at:]

    return mutated


def renumbered(line: bytes, chance: Random) -> bytes:
    """Put what is no number in the place of the digits of one."""
    digits = [at for at in range(len(line)) if line[at : at + 1].isdigit()]
    at = digits[chance.integers(0, len(digits))]
    return line[:at] + NUMBERS[chance.integers(0, len(NUMBERS))] + line[at + 1 :]


MUTATIONS: dict[str, Callable[[bytes, Random], bytes]] = {
    "bits flipped": flipped,
    "cut": cut,
    "wrong types": retyped,
    "nested": nested,
    "invalid text": inserted(INVALID),
    "no numbers": renumbered,
    "line breaks": inserted([b"\r\n", b"\n", b"\n\n \n", b"\xef\xbb\xbf"]),
}


def compose(name: str, lines: int, seed: int) -> tuple[bytes, Counter[str]]:
    """Mutate lines of a format's golden log, each kind alike often; return them and how many of each."""
    golden = (LOGS / f"{name}.jsonl").read_bytes().splitlines()
    chance = np.random.default_rng([seed, zlib.crc32(name.encode())])
    made: list[bytes] = []
    kinds: Counter[str] = Counter()
    while len(made) < lines - 1:
        kind = list(MUTATIONS)[len(made) % len(MUTATIONS)]
        made.append(MUTATIONS[kind](golden[chance.integers(0, len(golden))], chance))
        kinds[kind] += 1
    middle = len(made) // 2
    made.insert(middle, b'{"model": "' + b"x" * LONG_LINE_BYTES + b'"}')
    kinds["100 MB"] += 1
    return b"\n".join(made), kinds


def examine(path: Path, name: str | None) -> dict[str, object]:
    """Read a file in a process of its own; return its counts, exit, seconds and peak of memory."""
    before = time.perf_counter()
    arguments = [sys.executable, __file__, "--read", str(path), *(["--format", name] if name else [])]
    done = subprocess.run(arguments, capture_output=True, check=False)
    found: dict[str, object] = json.loads(done.stdout) if done.returncode == 0 else {}
    found |= {"exit": done.returncode, "seconds": round(time.perf_counter() - before, 1)}
    if done.returncode:
        sys.stderr.write(done.stderr.decode()[-2_000:])
    return found


def count(path: Path, name: str | None) -> None:
    """Read a file, and print what its lines were and what it took."""
    counts: Counter[str] = Counter()
    for one in read([path], name, max_reject_share=1.0):
        counts["lines"] += one.lines
        counts["read"] += one.read
        counts["skipped"] += one.skipped
        counts["rejected"] += len(one.rejects)
        counts["unfinished"] += one.unfinished
        counts["exchanges"] += len(one.exchanges)
    print(json.dumps({**counts, "peak_mib": _peak_mib()}))


def _peak_mib() -> int:
    """The most that this process held; what getrusage says also counts the process that started it."""
    status = Path("/proc/self/status").read_text().splitlines()
    return next(round(int(line.split()[1]) / 1024) for line in status if line.startswith("VmHWM:"))


def accounted(found: dict[str, object], lines: int | None = None) -> bool:
    """Whether every line was read, skipped, rejected or unfinished, and that is all there were."""
    counted = {kind: found.get(kind, 0) for kind in ("lines", "read", "skipped", "rejected", "unfinished")}
    total = counted.pop("lines")
    return sum(counted.values()) == total and (lines is None or total == lines)  # type: ignore[arg-type]


def bombs(folder: Path) -> Iterator[tuple[str, Path]]:
    """Write small files that unpack to a gigabyte: of one line, of blank lines, of one array."""
    contents = {
        "one line": b"x" * MIB,
        "blank lines": b"\n" * MIB,
        "open arrays": b"[" * MIB,
        "strings": b'["' + b"," * MIB,
    }
    for what, piece in contents.items():
        for packing in ("gzip", "zstd"):
            path = folder / f"{what} {packing}"
            with path.open("wb") as raw:
                stream = (
                    gzip.GzipFile("", "wb", 9, raw, 0)
                    if packing == "gzip"
                    else zstandard.ZstdCompressor().stream_writer(raw)
                )
                for _ in range(BOMB_BYTES // MIB):
                    stream.write(piece)
                stream.close()
            yield f"{what}, {packing}", path


def measure(lines: int, seed: int) -> dict[str, object]:
    """Read all formats' mutated lines and all bombs."""
    formats: dict[str, object] = {}
    with tempfile.TemporaryDirectory(prefix="excise-mutations-") as made:
        folder = Path(made)
        for name in members("excise.ingest.formats", Format):
            data, kinds = compose(name, lines, seed)
            there = sum(1 for line in data.split(b"\n") if line and not line.isspace())
            plain, packed = folder / name, folder / f"{name}.gz"
            plain.write_bytes(data)
            packed.write_bytes(gzip.compress(data, 1))
            of = examine(plain, name)
            again = examine(packed, name)
            whole = accounted(of, there) and accounted(again, there)
            formats[name] = {
                "mutations": dict(kinds),
                **of,
                "accounted": whole,
                "gzip_peak_mib": again.get("peak_mib"),
            }
            print(f"{name}: {formats[name]}")
            plain.unlink()
            packed.unlink()
        exploded = {}
        for what, path in bombs(folder):
            size = path.stat().st_size
            exploded[what] = {"bytes": size, **examine(path, "litellm")}
            exploded[what]["accounted"] = accounted(exploded[what])
            print(f"bomb of {what}: {exploded[what]}")
            path.unlink()
    everything = [*formats.values(), *exploded.values()]
    return {
        "lines_per_format": lines,
        "seed": seed,
        "crashes": sum(1 for one in everything if one["exit"] != 0),  # type: ignore[index]
        "peak_mib": max(one.get("peak_mib", 0) for one in everything),  # type: ignore[attr-defined]
        "accounted": all(one["accounted"] for one in everything),  # type: ignore[index]
        "formats": formats,
        "bombs": exploded,
    }


def main() -> None:
    """Measure, print, and write where there is a date."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=int, default=10_000, help="mutated lines of each format")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--date", help="the day of the measurement; without one nothing is written")
    parser.add_argument("--out", type=Path, default=Path("docs/measured/mutations.json"))
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--format", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.read:
        count(chosen.read, chosen.format)
        return
    result = measure(chosen.lines, chosen.seed)
    if chosen.date:
        machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
        chosen.out.write_text(
            json.dumps({"date": chosen.date, "machine": machine, **result}, indent=1) + "\n"
        )
    crashes, peak = result["crashes"], result["peak_mib"]
    print(f"crashes: {crashes}; peak memory: {peak} MiB; every line accounted for: {result['accounted']}")
    if crashes or not result["accounted"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
