"""Two thousand hostile strings in every text field of a deployment: does one of them act anywhere?

    python benchmarks/hostile.py --date 2026-11-24 --out docs/measured/hostile.json

Runs ``tests/console/test_hostile.py`` with so many strings: through ingest, loop and casework, onto every
page, into every export, and through headless Chromium at two widths. The test fails at the first that acts.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TEST = Path(__file__).parents[1] / "tests" / "console" / "test_hostile.py"
SEED = 1


def main() -> None:
    """Run the test, and write down what it looked at."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strings", type=int, default=2_000)
    parser.add_argument("--date")
    parser.add_argument("--out", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        counts = Path(folder) / "counts.json"
        began = time.perf_counter()
        environment = os.environ | {"EXCISE_HOSTILE": str(asked.strings), "EXCISE_HOSTILE_OUT": str(counts)}
        command = [sys.executable, "-m", "pytest", "-q", str(TEST)]
        subprocess.run(command, env=environment, check=True, cwd=TEST.parents[2])
        figures = {
            "date": asked.date,
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
            "seed": SEED,
            **json.loads(counts.read_text("utf-8")),
            "browser_widths_px": [1280, 390],
            "acted": 0,
            "seconds": round(time.perf_counter() - began, 1),
        }
    text = json.dumps(figures, indent=1) + "\n"
    print(text)
    if asked.out:
        asked.out.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
