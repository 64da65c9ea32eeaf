"""kill -9 at any point of a scan, then the same scan again: the same rows as without."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa


def test_a_killed_scan_done_again_gives_the_same_rows(
    tmp_path: Path, observed: Callable[..., pa.RecordBatch]
) -> None:
    rows = pa.Table.from_batches([observed(150, days=2, accounts=6)])
    source = tmp_path / "rows.arrow"
    with pa.ipc.new_file(source, rows.schema) as out:
        out.write_table(rows, max_chunksize=25)
    program = Path(__file__).with_name("killed.py")
    done = subprocess.run(
        [sys.executable, program, tmp_path, source, "6", "3", "20251006"],
        capture_output=True,
        check=False,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    deaths = int(done.stdout.split()[0])
    assert 6 <= deaths <= 9
