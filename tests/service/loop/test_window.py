"""A window holds what began within it, whoever asks."""

import numpy as np

from excise.service.loop.window import Window


def test_what_began_before_is_not_there(bench, world):
    one = bench("one")
    one.store.append(world.rows.combine_chunks().to_batches()[0])
    one.store.flush()
    begins = np.sort(world.rows["started_at"].cast("int64").to_numpy())
    floor_us = int(begins[len(begins) // 2])
    window = Window(one.store, floor_us)
    held = window.run(window.tables.observations.select("started_at"))
    assert held.num_rows == int(np.count_nonzero(begins >= floor_us))
    assert window.run(window.tables.accounts).num_rows == one.store.run(one.store.tables.accounts).num_rows
