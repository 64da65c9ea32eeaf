"""What the metrics read at the moment of asking: capture, decisions, the loop, the processes."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from excise.service.metrics import Gauge

if TYPE_CHECKING:
    from excise.enforcement.desk import Desk
    from excise.service.capture.client import Capture
    from excise.service.looping import Turned
    from excise.service.upkeep import Notices, Upkeep


def gauges(
    *,
    capture: "Capture",
    desk: "Desk",
    loop: "Callable[[], Turned | None]",
    table_age_s: Callable[[], float | None],
    upkeep: "Upkeep",
    notices: "Notices",
    starts: Callable[[], Mapping[str, float]],
) -> tuple[Gauge, ...]:
    """Return what to read of each part of the service."""

    def records() -> Mapping[str, float]:
        load = capture.load
        return {
            "accepted": load.accepted,
            "duplicate": load.duplicate,
            "rejected": load.rejected,
            "skipped": load.skipped,
        }

    def turned(read: "Callable[[Turned], float]") -> Callable[[], Mapping[str, float]]:
        def now() -> Mapping[str, float]:
            said = loop()
            return {} if said is None else {"": read(said)}

        return now

    def bits() -> Mapping[str, float]:
        said = loop()
        return {} if said is None else said.case_bits

    def age() -> Mapping[str, float]:
        age_s = table_age_s()
        return {} if age_s is None else {"": age_s}

    return (
        Gauge("excise_records", "Records that arrived, by what became of them", records, "fate", counts=True),
        Gauge(
            "excise_records_without_account",
            "Accepted records that do not say whose they are",
            lambda: {"": capture.load.without_account},
            counts=True,
        ),
        Gauge(
            "excise_capture_refused",
            "Requests of capture that were refused for what waits",
            lambda: {"": capture.load.refused},
            counts=True,
        ),
        Gauge(
            "excise_capture_waiting_bytes",
            "Bodies that wait to be observed",
            lambda: {"": capture.load.waiting_bytes},
        ),
        Gauge(
            "excise_decisions",
            "Requests that were decided on, by action",
            lambda: dict(desk.actions),
            "action",
            counts=True,
        ),
        Gauge("excise_effects_sequence", "The latest change of decisions that is known here",
              lambda: {"": desk.sequence}),
        Gauge("excise_effects_age_seconds", "Since the state was asked for decisions", age),
        Gauge("excise_loop_lag_seconds", "How long the oldest record waits for the store",
              turned(lambda said: said.lag_s)),
        Gauge("excise_loop_turn_seconds", "How long the last turn took", turned(lambda said: said.took_s)),
        Gauge("excise_loop_leads", "Whether this replica turns the loop", turned(lambda said: said.leads)),
        Gauge("excise_case_bits", "Claimed bits of open cases, the strongest fifty", bits, "case"),
        Gauge("excise_loop_due", "Owners that wait to be judged", turned(lambda said: said.due)),
        Gauge("excise_notices", "Notices to people, by fate", notices.fates, "fate", counts=True),
        Gauge("excise_upkeep_failed", "How often what is done regularly failed", upkeep.failed, "chore",
              counts=True),
        Gauge("excise_upkeep_age_seconds", "Since what is done regularly was done", upkeep.ages_s, "chore"),
        Gauge("excise_process_starts", "How often a process was started", starts, "process", counts=True),
    )  # fmt: skip
