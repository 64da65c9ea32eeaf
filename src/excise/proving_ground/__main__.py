"""``python -m excise.proving_ground``: compose a world, or score verdicts on one."""

import argparse
import sys
from pathlib import Path

import msgspec

from excise.proving_ground.compose import compose
from excise.proving_ground.content.real import source_names
from excise.proving_ground.draw import SCALES, demo, draw, grow
from excise.proving_ground.member import Truth
from excise.proving_ground.score import Verdict, read_rows, score


def main(arguments: list[str]) -> int:
    """Run a verb."""
    parser = argparse.ArgumentParser(prog="python -m excise.proving_ground")
    verbs = parser.add_subparsers(dest="verb", required=True)
    making = verbs.add_parser("compose", help="compose a world and write it")
    making.add_argument("--seed", type=int, default=7)
    making.add_argument("--scale", choices=["demo", *SCALES], default="small")
    making.add_argument("--grow", type=float, default=1.0)
    making.add_argument("--content", type=Path, help="a folder with real words")
    making.add_argument("--out", type=Path, required=True)
    scoring = verbs.add_parser("score", help="score verdicts against the truth")
    scoring.add_argument("truth", type=Path)
    scoring.add_argument("verdicts", type=Path)
    scoring.add_argument("--rate", type=float, nargs="*", default=[0.0, 0.001, 0.01], dest="rates")
    chosen = parser.parse_args(arguments)
    if chosen.verb == "score":
        result = score(read_rows(chosen.truth, Truth), read_rows(chosen.verdicts, Verdict), chosen.rates)
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n")
        return 0
    names = source_names(chosen.content) if chosen.content else ()
    world = demo() if chosen.scale == "demo" else draw(chosen.seed, SCALES[chosen.scale], sources=names)
    composed = compose(grow(world, chosen.grow), chosen.out, chosen.content)
    sys.stdout.buffer.write(msgspec.json.encode(composed) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
