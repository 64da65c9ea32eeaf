"""What an observation costs at rest, field by field, as the Parquet files of a store say it themselves.

    python benchmarks/bytes_per_observation.py [STORE] [--date YYYY-MM-DD] [--out FILE]

Without STORE, a log is taken into a store of its own: the one in ``EXCISE_SHARED`` (or ``../shared``) where
there is one, else the demo's composed population, which is smaller and repeats itself less. The file
(``docs/measured/bytes.json``) is written where ``--date`` says when this was measured.
"""

import argparse
import os
import tempfile
from collections import Counter
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
from msgspec import Struct
from rich.console import Console
from rich.table import Table

from excise.observation.secret import Keyring
from excise.proving_ground.compose import compose
from excise.proving_ground.draw import demo
from excise.store.intake import take_in
from excise.store.manifest import Manifest
from excise.store.store import Store

BAR_BYTES = 400
ROOT = Path(__file__).resolve().parent.parent
REST = "footers and indexes"


class Field(Struct, frozen=True):
    """What one field costs, in bytes per observation."""

    name: str
    bytes_each: float


class Measured(Struct, frozen=True, kw_only=True):
    """What ``n`` observations of a log cost, in bytes each; ``fields`` the dearest first."""

    date: str | None
    log: str
    n: int
    segments: int
    bytes_each: float
    bar_bytes: int
    fields: tuple[Field, ...]


def measure(store: Path, log: str, date: str | None) -> Measured:
    """Add up what the columns of all segments take."""
    manifest = Manifest.load(store)
    if manifest is None or not manifest.segments:
        raise SystemExit(f"{store}: there is no store here, or an empty one; excise scan fills one")
    rows = sum(segment.rows for segment in manifest.segments)
    total = sum(segment.size_bytes for segment in manifest.segments)
    taken: Counter[str] = Counter()
    for segment in manifest.segments:
        metadata = pq.ParquetFile(store / "observations" / segment.file).metadata
        for group in range(metadata.num_row_groups):
            for column in range(metadata.num_columns):
                chunk = metadata.row_group(group).column(column)
                taken[chunk.path_in_schema.partition(".")[0]] += chunk.total_compressed_size
    taken[REST] = total - taken.total()
    fields = tuple(Field(name, round(size / rows, 3)) for name, size in taken.most_common())
    return Measured(
        date=date,
        log=log,
        n=rows,
        segments=len(manifest.segments),
        bytes_each=round(total / rows, 2),
        bar_bytes=BAR_BYTES,
        fields=fields,
    )


def fill(folder: Path) -> tuple[Path, str]:
    """Take a log into a store below a folder, and return the store and what the log is."""
    shared = Path(os.environ.get("EXCISE_SHARED", ROOT.parent / "shared"))
    log, name = shared / "data" / "traffic" / "log.litellm.jsonl.gz", "traffic"
    if not log.exists():
        compose(demo(), folder / "world")
        log, name = folder / "world" / "log.litellm.jsonl.gz", "demo"
    ring = Keyring.in_memory(bytes(32))
    with Store.open(folder / "store", ring) as store:
        take_in(store, ring, [log])
        store.compact()
    return folder / "store", name


def show(measured: Measured) -> None:
    """Print the table."""
    table = Table(title=f"{measured.n:,} observations of {measured.log}, bytes each")
    table.add_column("field")
    table.add_column("bytes", justify="right")
    table.add_column("share", justify="right")
    for field in measured.fields:
        table.add_row(field.name, f"{field.bytes_each:.2f}", f"{field.bytes_each / measured.bytes_each:.1%}")
    table.add_section()
    table.add_row("all", f"{measured.bytes_each:.2f}", f"bar {measured.bar_bytes}")
    Console().print(table)


def main() -> int:
    """Measure, print, and write down; 1 where the bar is missed."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    arguments.add_argument("store", nargs="?", type=Path)
    arguments.add_argument("--date", help="the day of the measurement; the file is written where it is given")
    arguments.add_argument("--out", type=Path, default=ROOT / "docs" / "measured" / "bytes.json")
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store, log = (asked.store, asked.store.name) if asked.store else fill(Path(folder))
        measured = measure(store, log, asked.date)
    show(measured)
    if asked.date is not None:
        asked.out.parent.mkdir(parents=True, exist_ok=True)
        asked.out.write_bytes(msgspec.json.format(msgspec.json.encode(measured), indent=1) + b"\n")
    return int(measured.bytes_each > BAR_BYTES)


if __name__ == "__main__":
    raise SystemExit(main())
