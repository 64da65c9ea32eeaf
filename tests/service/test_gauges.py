from excise.enforcement.caller import Caller
from excise.enforcement.desk import Desk
from excise.enforcement.table import DecisionTable
from excise.report.progress import now_s
from excise.service.capture.client import Load
from excise.service.gauges import gauges
from excise.service.looping import Turned
from excise.service.upkeep import Chore, Upkeep


class Capture:
    load = Load(accepted=3, rejected=1)


class Notices:
    @staticmethod
    def fates() -> dict[str, float]:
        return {"sent": 2.0}


def test_each_is_read_when_it_is_asked_for() -> None:
    desk = Desk(DecisionTable(seed=1), references=None, clock=now_s)
    turned: list[Turned | None] = [None]
    found = {
        one.name: one
        for one in gauges(
            capture=Capture(),  # type: ignore[arg-type]
            desk=desk,
            loop=lambda: turned[0],
            table_age_s=lambda: None,
            upkeep=Upkeep([Chore("x", 1.0, list)], clock=lambda: 0.0),
            notices=Notices(),  # type: ignore[arg-type]
            starts=lambda: {"loop": 2},
        )
    }
    assert found["excise_records"].read() == {"accepted": 3, "duplicate": 0, "rejected": 1, "skipped": 0}
    assert found["excise_loop_lag_seconds"].read() == {}
    assert found["excise_upkeep_failed"].read() == {"x": 0}
    assert found["excise_upkeep_age_seconds"].read() == {}
    assert found["excise_notices"].read() == {"sent": 2.0}
    assert found["excise_effects_age_seconds"].read() == {}
    turned[0] = Turned(leads=True, lag_s=4.0)
    assert found["excise_loop_lag_seconds"].read() == {"": 4.0}
    desk.decide(Caller(account="ann"))
    assert found["excise_decisions"].read() == {"allow": 1}
    assert all(one.text for one in found.values())
