"""``python -m excise.proving_ground``: compose a world, until the command line has its own verb."""

import argparse
import sys
from pathlib import Path

from excise.proving_ground.compose import compose
from excise.proving_ground.draw import SCALES, demo, draw, grow


def main(arguments: list[str]) -> int:
    """Run a verb."""
    parser = argparse.ArgumentParser(prog="python -m excise.proving_ground")
    verbs = parser.add_subparsers(dest="verb", required=True)
    making = verbs.add_parser("compose", help="compose a world and write it")
    making.add_argument("--seed", type=int, default=7)
    making.add_argument("--scale", choices=["demo", *SCALES], default="small")
    making.add_argument("--grow", type=float, default=1.0)
    making.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args(arguments)
    world = demo() if chosen.scale == "demo" else draw(chosen.seed, SCALES[chosen.scale])
    print(compose(grow(world, chosen.grow) if chosen.grow != 1.0 else world, chosen.out))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
