"""Everything is judged when the store has grown by a fifth, and at least daily; another process may do it."""

import time

from excise.observation.secret import Keyring
from excise.service.loop.beside import Beside
from excise.store.store import Store

DAY_S = 86_400.0


def _filled(path, secret_file, world):
    ring = Keyring.open(secret_file, now_s=world.ends_at_s)
    store = Store.open(path, ring)
    for batch in world.rows.combine_chunks().to_batches():
        store.append(batch)
    store.flush()
    return ring, store


def test_it_is_time_at_first_after_growth_and_after_a_day(bench, world, tmp_path):
    one = bench("one")
    for batch in world.rows.combine_chunks().to_batches():
        one.store.append(batch)
    one.store.flush()
    beside = Beside(
        one.store, one.store._keyring, tmp_path / "whole", settings=one.loop._settings, aside=False
    )
    held, now_s = world.rows.num_rows, world.ends_at_s

    def judged(held, now_s):
        beside.consider(held=held, segment=one.store.next_segment, now_s=now_s)
        return beside.finished() is not None

    assert not judged(0, now_s), "there is nothing to judge"
    assert judged(held, now_s)
    assert not judged(held + 1, now_s + 3_600), "it has hardly grown"
    assert judged(int(held * 1.3), now_s + 7_200)
    assert judged(int(held * 1.3), now_s + 2 * DAY_S)


def test_another_process_judges_and_its_judgement_is_taken(world, tmp_path, bench):
    ring, store = _filled(tmp_path / "store", tmp_path / "secret.toml", world)
    with store:
        beside = Beside(store, ring, tmp_path / "whole", settings=bench("x").loop._settings, aside=True)
        beside.consider(held=world.rows.num_rows, segment=store.next_segment, now_s=world.ends_at_s)
        end = time.monotonic() + 120
        while beside.running and (whole := beside.finished()) is None:
            assert time.monotonic() < end, "it took too long"
            time.sleep(0.1)
        assert whole.accounts
        beside.close()
