"""Gauges read the parts of the service as they stand."""

from types import SimpleNamespace

from excise.service.gauges import gauges
from excise.service.looping import Turned


def _read(loop):
    load = SimpleNamespace(
        accepted=5, duplicate=1, rejected=2, skipped=0, without_account=1, refused=0, waiting_bytes=9
    )
    made = gauges(
        capture=SimpleNamespace(load=load),
        desk=SimpleNamespace(actions={"block": 3}, sequence=11),
        loop=lambda: loop,
        table_age_s=lambda: 0.5,
        starts=lambda: {"loop": 1.0},
    )
    return {one.name: one.read() for one in made}


def test_what_the_loop_said_is_read_once_it_has_said_something():
    assert _read(None)["excise_loop_lag_seconds"] == {}
    found = _read(Turned(leads=True, lag_s=1.5, due=4))
    assert found["excise_loop_lag_seconds"] == {"": 1.5}
    assert found["excise_loop_due"] == {"": 4}
    assert found["excise_records"] == {"accepted": 5, "duplicate": 1, "rejected": 2, "skipped": 0}
    assert found["excise_decisions"] == {"block": 3}
