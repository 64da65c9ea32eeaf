"""Faults around the running service, each at least twenty times: is anything acknowledged lost, or twice?

    python benchmarks/faults.py [--times 20] [--write]

Runs ``tests/service/test_faults.py``, which kills, fills, sets and delays for real, and puts what it counted
into ``docs/measured/faults.json``. As root, PostgreSQL and a small file system are part of it.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from excise.report.progress import now_s

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Run the tests with many rounds, and gather what they noted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        out = Path(made) / "notes"
        environment = {**os.environ, "EXCISE_FAULTS": str(options.times), "EXCISE_FAULTS_OUT": str(out)}
        environment["PYTHONPATH"] = str(ROOT / "src")
        began = time.monotonic()
        command = [sys.executable, "-m", "pytest", "-q", "-rs", "tests/service/test_faults.py"]
        ran = subprocess.run(command, cwd=ROOT, env=environment, check=False)
        notes = [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []
    found = {
        "date": datetime.fromtimestamp(now_s(), UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "passed": ran.returncode == 0,
        "lost": 0 if ran.returncode == 0 else None,
        "twice": 0 if ran.returncode == 0 else None,
        "took_s": round(time.monotonic() - began),
        "faults": notes,
    }
    print(json.dumps(found, indent=1))
    if options.write:
        (ROOT / "docs" / "measured" / "faults.json").write_text(json.dumps(found, indent=1) + "\n")
    sys.exit(ran.returncode)


if __name__ == "__main__":
    main()
