"""What a new exchange costs the loop, by how many observations the store already holds.

    python benchmarks/loop.py --date 2026-11-24 --out docs/measured/loop.json

A composed world is laid down again and again, each time with accounts, addresses, words and values of its
own, until the store holds the size; so rare values stay rare, and there are as many more of them. What is
common in the world (programs, mail domains, default parameters) is as common in the whole. The judgement of
everything that the turns go on from is laid down likewise, and is not part of the cost: it is made when the
store has grown by a fifth, beside the loop, and is measured apart (``whole``) at the first size. Then turns
are fed with exchanges that the known accounts had not sent yet. Costs are CPU time of the process and all its
threads, for other work on the machine moves them less than wall time.
"""

import argparse
import ipaddress
import json
import os
import platform
import resource
import tempfile
import time
from pathlib import Path

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from excise.observation.schema import SCHEMA
from excise.observation.secret import Keyring
from excise.proving_ground.draw import SCALES, draw
from excise.proving_ground.trials import opened
from excise.service.loop.delta import carried_by
from excise.service.loop.turn import Delivery, Loop
from excise.service.loop.who import roll_of
from excise.service.loop.whole import Settings, Whole, judge_whole, save
from excise.store.directory import SCHEMA as ACCOUNTS
from excise.store.portion import Portion
from excise.store.store import DERIVED, Store

SIZES = (100_000, 500_000, 1_000_000, 5_000_000)
SETTINGS = Settings(window_days=3_650.0)
HELD_BACK = 0.15


class Waiting:
    """What waits for the loop."""

    def __init__(self, key: str) -> None:
        self.key, self.position, self.rows = key, 0, []

    def take(self) -> Delivery | None:
        """Give all of it."""
        return Delivery(0, tuple((self.key, batch) for batch in self.rows)) if self.rows else None

    def done(self, position: int) -> None:
        """Let go of what was given."""
        self.rows, self.position = [], position


def renamed(rows: pa.Table, tile: int) -> pa.Table:
    """Return a world's rows as those of other accounts, with other values and addresses."""
    mark, columns = np.uint64(tile * 0x9E3779B97F4A7C15 % 2**64), {}
    for field in SCHEMA:
        column = rows[field.name].combine_chunks()
        if field.name == "record":
            data = np.frombuffer(column.buffers()[1], np.uint64)[: 2 * len(column)].reshape(-1, 2) ^ mark
            column = pa.Array.from_buffers(field.type, len(column), [None, pa.py_buffer(data.tobytes())])
        elif field.name == "account":
            column = pc.binary_join_element_wise(column, f"{tile:04d}", "-")
        elif field.name == "address":
            column = addresses(column, tile)
        elif field.type == pa.uint64():
            column = pc.bit_wise_xor(column, pa.scalar(int(mark), pa.uint64()))
        elif pa.types.is_list(field.type):
            kind = field.type.value_type
            own = int(mark) % 2**kind.bit_width
            flat = pc.bit_wise_xor(column.values, pa.scalar(own, kind))
            column = pa.ListArray.from_arrays(column.offsets, flat)
        elif field.name == "max_tokens":
            column = pc.add(column, pa.scalar(tile, field.type))  # else everybody would have a twin
        columns[field.name] = column
    return pa.table(columns).cast(SCHEMA)


def addresses(column: pa.Array, tile: int) -> pa.Array:
    """Return addresses of a tile's own, in blocks of its own, shared as they were."""
    coded = column.dictionary_encode()
    blocks: dict[str, int] = {}
    made = []
    for at, address in enumerate(coded.dictionary.to_pylist()):
        width = 24 if ipaddress.ip_address(address).version == 4 else 48
        block = blocks.setdefault(str(ipaddress.ip_network((address, width), strict=False)), len(blocks))
        made.append(f"2a{block >> 8 & 255:02x}:{(block & 255) << 8 | tile & 255:x}:{tile >> 8:x}::{at:x}")
    return pa.array(made, pa.string()).take(coded.indices)


def directory(accounts: pa.Table, tile: int) -> pa.Table:
    """Return the directory of a tile's accounts."""
    name = pc.binary_join_element_wise(accounts["account"], f"{tile:04d}", "-")
    payment = pc.binary_join_element_wise(accounts["payment_fingerprint"], f"{tile:04d}", "-")
    table = accounts.set_column(0, "account", name)
    return table.set_column(
        table.schema.get_field_index("payment_fingerprint"), "payment_fingerprint", payment
    )


class Laid:
    """A store that worlds are laid down in, and the judgement of everything that goes with it."""

    def __init__(self, rows: pa.Table, accounts: pa.Table, whole: Whole, folder: Path) -> None:
        self.ring = Keyring.in_memory(bytes(32))
        self.store = Store.open(folder / "store", self.ring)
        self.rows, self.accounts, self.whole = rows, accounts, whole
        self.held, self.tiles = 0, 0
        self.fed: dict[int, int] = {}
        self.names: list[str] = []
        self.standings: list[object] = []
        self.carried: list[tuple[np.ndarray, np.ndarray]] = []
        self.directory: list[pa.Table] = []
        self.portion = Portion(folder / "spill")

    def grow(self, size: int) -> None:
        """Lay worlds down until the store holds so many observations."""
        while self.held < size:
            tile, rows = self.tiles, renamed(self.rows, self.tiles)
            directory_ = directory(self.accounts, tile)
            for batch in rows.to_batches():
                self.held += self.store.append(batch)
            self.portion.fill(observations=rows, accounts=directory_)
            at = {name: n for n, name in enumerate(self.whole.accounts)}
            first = tile * len(at)
            for account, keys in carried_by(self.portion).items():
                place = at.get(account.rpartition("-")[0])
                if place is not None:
                    self.carried.append((np.array(keys, np.uint64), np.full(len(keys), first + place)))
            self.names += [f"{name}-{tile:04d}" for name in self.whole.accounts]
            self.standings += [
                msgspec.structs.replace(
                    one,
                    account=f"{one.account}-{tile:04d}",
                    actor=f"{one.actor}-{tile:04d}",
                    campaign=one.campaign and f"{one.campaign}-{tile:04d}",
                )
                for one in self.whole.standings
            ]
            self.directory.append(directory_)
            self.tiles += 1
        self.store.flush()
        self.store.put_accounts(pa.concat_tables(self.directory).cast(ACCOUNTS))

    def judged(self) -> Whole:
        """Return the judgement of everything that was laid down."""
        base, count = self.whole.roll(), len(self.whole.accounts)
        owner = np.concatenate([base.owner + tile * count for tile in range(self.tiles)])
        keys = np.concatenate([keys for keys, _ in self.carried])
        who = np.concatenate([who for _, who in self.carried])
        roll = roll_of(self.names, owner, np.tile(base.rows, self.tiles), {})
        order = np.argsort(keys, kind="stable")
        return msgspec.structs.replace(
            self.whole,
            segment=self.store.next_segment,
            held=self.held,
            accounts=self.names,
            owner=owner.tobytes(),
            rows=roll.rows.tobytes(),
            keys=keys[order].tobytes(),
            carriers=who[order].tobytes(),
            rank=np.tile(self.whole.ranks(), self.tiles).tobytes(),
            bits=np.tile(self.whole.claims(), self.tiles).tobytes(),
            standings=tuple(self.standings),
            campaigns=(),
            portraits=(),
        )


def measure(laid: Laid, later: pa.Table, *, turns: int, batch: int, now_s: float) -> dict[str, float]:
    """Feed turns, and return what a new exchange costs."""
    (laid.store.path / DERIVED).mkdir(exist_ok=True)
    save(laid.store.path / DERIVED / "whole.msgpack", laid.judged())
    loop = Loop(laid.store, laid.ring, settings=SETTINGS, aside=False)
    waiting, draw_ = Waiting(laid.ring.reading.id), np.random.default_rng(laid.held)
    cpu, wall, judged, new = [], [], [], []
    for _ in range(turns + 2):
        waiting.rows = []
        for tile in draw_.choice(laid.tiles, 5, replace=laid.tiles < 5).tolist():
            begin = laid.fed.get(tile, 0)
            laid.fed[tile] = begin + batch // 5
            waiting.rows += renamed(later.slice(begin, batch // 5), tile).to_batches()
        started, wall_s = time.process_time(), time.perf_counter()
        told: list[object] = []
        turned = loop.turn(waiting, told.append, now_s=now_s)
        cpu.append(time.process_time() - started)
        wall.append(time.perf_counter() - wall_s)
        judged.append(turned.judged)
        new.append(turned.new)
    loop.close()
    each = np.array(cpu[2:]) / np.array(new[2:])  # the first turns spell questions that the others repeat
    return {
        "stored": laid.held,
        "accounts": len(laid.names),
        "turns": turns,
        "new_per_turn": float(np.mean(new[2:])),
        "accounts_judged_per_turn": float(np.mean(judged[2:])),
        "waiting_after": turned.waiting,
        "cpu_ms_per_new_exchange": round(1e3 * float(np.median(each)), 3),
        "cpu_ms_per_new_exchange_worst": round(1e3 * float(each.max()), 3),
        "turn_wall_s_median": round(float(np.median(wall[2:])), 2),
        "turn_wall_s_worst": round(max(wall[2:]), 2),
        "peak_resident_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--turns", type=int, default=8)
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--seed", type=int, default=900)
    parser.add_argument("--scale", choices=list(SCALES), default="medium", help="of the world laid down")
    parser.add_argument("--date", help="the day of the measurement; without one nothing is written")
    parser.add_argument("--out", type=Path, default=Path("docs/measured/loop.json"))
    chosen = parser.parse_args()
    with (
        opened(draw(chosen.seed, SCALES[chosen.scale]), seed=chosen.seed) as world,
        tempfile.TemporaryDirectory(prefix="excise-bench-") as folder,
    ):
        rows = world.store.run(world.store.observations()).cast(SCHEMA).sort_by("started_at")
        rows = rows.filter(pc.is_valid(rows["account"])).combine_chunks()
        accounts = world.store.run(world.store.tables.accounts).cast(ACCOUNTS)
        now_s = pc.max(rows["started_at"].cast(pa.int64())).as_py() / 1e6
        kept = int(rows.num_rows * (1 - HELD_BACK))
        with Store.open(Path(folder) / "base", Keyring.in_memory(bytes(32))) as base:
            base.append(rows.slice(0, kept).combine_chunks().to_batches()[0])
            base.put_accounts(accounts)
            started = time.process_time()
            whole = judge_whole(base, segment=0, held=kept, now_s=now_s, settings=SETTINGS)
            whole_s = time.process_time() - started
        laid = Laid(rows.slice(0, kept).combine_chunks(), accounts, whole, Path(folder))
        found: list[dict[str, float]] = []
        result: dict[str, object] = {
            "date": chosen.date,
            "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
            "seed": chosen.seed,
            "scale": chosen.scale,
            "whole": {"exchanges": kept, "cpu_ms_per_exchange": round(1e3 * whole_s / kept, 3)},
            "sizes": found,
        }
        for size in chosen.sizes:
            laid.grow(size)
            found.append(measure(laid, rows.slice(kept), turns=chosen.turns, batch=chosen.batch, now_s=now_s))
            costs = [one["cpu_ms_per_new_exchange"] for one in found]
            result["most_over_least"] = round(max(costs) / min(costs), 3)
            print(json.dumps(found[-1]), flush=True)
            if chosen.date:
                chosen.out.parent.mkdir(parents=True, exist_ok=True)
                chosen.out.write_text(json.dumps(result, indent=1) + "\n")
        laid.portion.close()
        laid.store.close()


if __name__ == "__main__":
    main()
