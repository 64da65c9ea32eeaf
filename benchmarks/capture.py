"""How fast exchanges are captured, against the same server that accepts the same bodies and drops them.

    python benchmarks/capture.py [--seconds 300] [--connections 256] [--write]

Two shapes of bodies: one exchange each, as LiteLLM's ``log_format: single`` sends them, and a hundred a body.
Every exchange has a record id of its own. The server is ``excise serve`` with one more endpoint, which reads
a body and answers; token, limits and counting are the same. Rates of both come from one run, in turns, and
the share is that of the rates. Client, server, the process that observes and the loop share the machine.
"""

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import uvloop
from load import Shape, bodies, drive, free_port, ready
from starlette.types import Receive, Scope, Send

from excise.enforcement.gateways import Endpoint
from excise.enforcement.raw import body_of, send_body
from excise.report.progress import now_s
from excise.service.folder import Folder
from excise.service.logs import set_up
from excise.service.running import Service, Where

ROOT = Path(__file__).parents[1]


class Dropping:
    """Reads a body, and answers as capture does."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's
        """Answer."""
        await body_of(receive, most_bytes=2**40)
        await send_body(send, 200, b'{"accepted":1,"duplicate":0,"rejected":0,"skipped":0,"results":[]}')


def served(folder: Path, port: int) -> None:
    """Be the server."""
    set_up(now_s)
    data = Folder(folder)
    data.begin(now_s=now_s(), passphrase="a benchmark keeps nothing")
    dropping = Endpoint(path="/v1/drop", methods=("POST",), scope="capture", handler=Dropping())
    settings = folder.parent / "settings.toml"
    settings.write_text("[limits]\nrequests_per_s = 1e9\n")
    service = Service(
        data, settings_file=settings, database=None, where=Where(port=port), clock=now_s,
        further=lambda _state, _desk: (dropping,),
    )  # fmt: skip
    (folder.parent / "token").write_text(service.first_token() or "")
    service.run()


def measured(port: int, token: str, shape: Shape, options: argparse.Namespace) -> dict[str, object]:
    """Drive the two endpoints in turns, some seconds each, capture longest at the end."""

    def run(path: str, seconds: float) -> dict[str, float]:
        return uvloop.run(
            drive(port, path, token, bodies(shape), connections=options.connections, seconds=seconds)
        )

    run("/v1/litellm", 3.0)  # warm
    floors, rates = [], []
    for _ in range(3):
        floors.append(run("/v1/drop", 5.0))
        rates.append(run("/v1/litellm", 5.0))
    long = run("/v1/litellm", options.seconds)
    floors.append(run("/v1/drop", 5.0))
    floor = sorted(one["per_s"] for one in floors)[len(floors) // 2]
    print(
        f"{shape.name}: dropped {floor:,.0f}/s, captured {long['per_s']:,.0f}/s over {options.seconds:.0f} s"
    )
    return {
        "exchanges_a_body": shape.exchanges,
        "bytes_a_body": round(long["bytes"]),
        "dropped_bodies_per_s": [round(one["per_s"], 1) for one in floors],
        "captured_bodies_per_s_in_turns": [round(one["per_s"], 1) for one in rates],
        "captured_bodies_per_s": round(long["per_s"], 1),
        "captured_exchanges_per_s": round(long["per_s"] * shape.exchanges),
        "seconds": options.seconds,
        "refused": long["refused"],
        "p50_ms": round(long["p50_ms"], 1),
        "p99_ms": round(long["p99_ms"], 1),
        "share": round(long["per_s"] / floor, 3),
    }


def main() -> None:
    """Measure, print, and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300.0)
    parser.add_argument("--connections", type=int, default=256)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--serve", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        served(Path(options.serve[0]), int(options.serve[1]))
        return
    found: dict[str, object] = {
        "date": datetime.fromtimestamp(now_s(), UTC).date().isoformat(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        "connections": options.connections,
    }
    with tempfile.TemporaryDirectory() as made:
        folder, port = Path(made) / "data", free_port()
        command = [sys.executable, __file__, "--serve", str(folder), str(port)]
        process = subprocess.Popen(command)
        try:
            ready(port)
            token = (folder.parent / "token").read_text()
            for shape in (Shape("single", 1), Shape("hundred", 100)):
                found[shape.name] = measured(port, token, shape, options)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
    print(json.dumps(found, indent=1))
    if options.write:
        path = ROOT / "docs" / "measured" / "capture.json"
        path.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
