"""Ten thousand mutated bodies for each endpoint: no answer of 5xx, no growth; and schemathesis, longer.

    python benchmarks/abuse.py [--bodies 10000] [--write]

Runs ``tests/service/test_abuse.py``, and puts what it counted into ``docs/measured/abuse.json``.
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
    """Run the test with many bodies, and gather what it counted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bodies", type=int, default=10_000)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        out = Path(made) / "counted"
        environment = {**os.environ, "EXCISE_ABUSE": str(options.bodies), "EXCISE_ABUSE_OUT": str(out)}
        environment["PYTHONPATH"] = str(ROOT / "src")
        began = time.monotonic()
        command = [sys.executable, "-m", "pytest", "-q", "tests/service/test_abuse.py"]
        ran = subprocess.run(command, cwd=ROOT, env=environment, check=False)
        counted = json.loads(out.read_text()) if out.exists() else {}
    found = {
        "date": datetime.fromtimestamp(now_s(), UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "passed": ran.returncode == 0,
        "seed": 7,
        "took_s": round(time.monotonic() - began),
        **counted,
    }
    print(json.dumps(found, indent=1))
    if options.write:
        (ROOT / "docs" / "measured" / "abuse.json").write_text(json.dumps(found, indent=1) + "\n")
    sys.exit(ran.returncode)


if __name__ == "__main__":
    main()
