"""The doctor page: what the logs are blind to, what that costs, and what a gateway lets its callers hide."""

import msgspec
from msgspec import Struct
from starlette.responses import Response

from excise.console.files import measured_file
from excise.console.visit import Visit, rendered
from excise.service import examined
from excise.service.loop import blindness
from excise.store.store import DERIVED


class Share(Struct, frozen=True):
    """A share with its interval, as the measured file has it."""

    hits: int
    of: int
    value: float
    low: float
    high: float


class Left(Struct, frozen=True, kw_only=True):
    """What is found of harvesting accounts where a log lacks something."""

    without: str
    means: str
    caught_at_1_in_1000: Share
    named: Share


class _Cost(Struct, frozen=True, kw_only=True):
    scale: str
    seeds: tuple[int, ...]
    left: tuple[Left, ...]


def cost() -> _Cost | None:
    """Return what was measured of logs that lack something; None where the file does not travel along."""
    path = measured_file("blindness.json")
    return None if path is None else msgspec.json.decode(path.read_bytes(), type=_Cost)


def doctor(visit: Visit) -> Response:
    """Say what the logs do not let anybody see, what that costs, and the setting that fixes it."""
    return rendered(
        visit,
        "doctor.html.j2",
        {
            "found": blindness.read(visit.desk.folder.store / DERIVED),
            "gateway": examined.read(visit.desk.data),
            "cost": cost(),
        },
        place="/doctor",
    )
