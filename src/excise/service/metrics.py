"""What Prometheus reads: captured, decided, refused, how long it took, and what waits."""

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from msgspec import Struct

from excise.errors import NotInstalled

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry
    from prometheus_client.metrics_core import Metric

_BUCKETS_S = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Gauge(Struct, frozen=True):
    """A number as it stands when it is asked for; ``label`` names what its keys are."""

    name: str
    text: str
    read: Callable[[], Mapping[str, float]]
    label: str = ""
    counts: bool = False


class Metrics:
    """The metrics of one service.

    Args:
        gauges: what is read at the moment of asking.
    """

    def __init__(self, gauges: Iterable[Gauge]) -> None:
        try:
            import prometheus_client  # noqa: PLC0415 - of the extra
        except ImportError:
            raise NotInstalled(
                "metrics stand on the package prometheus-client; pip install 'excise[serve]' brings it"
            ) from None
        self._registry: CollectorRegistry = prometheus_client.CollectorRegistry()
        self._gauges = tuple(gauges)
        self._requests: dict[tuple[str, int], int] = {}
        self._times: dict[str, list[int]] = {}
        self._sums: dict[str, float] = {}
        self._registry.register(self)

    def add(self, endpoint: str, status: int, took_s: float) -> None:
        """Count a request. It stands in the way of each, and does little."""
        key = (endpoint, status)
        self._requests[key] = self._requests.get(key, 0) + 1
        times = self._times.get(endpoint)
        if times is None:
            times = self._times[endpoint] = [0] * (len(_BUCKETS_S) + 1)
            self._sums[endpoint] = 0.0
        at = 0
        for most_s in _BUCKETS_S:
            if took_s <= most_s:
                break
            at += 1
        times[at] += 1
        self._sums[endpoint] += took_s

    def text(self) -> bytes:
        """Return all of it as Prometheus reads it."""
        from prometheus_client import generate_latest  # noqa: PLC0415 - of the extra

        return generate_latest(self._registry)

    def collect(self) -> "Iterable[Metric]":
        """Yield the metrics as they stand."""
        from prometheus_client.core import (  # noqa: PLC0415 - of the extra
            CounterMetricFamily,
            GaugeMetricFamily,
            HistogramMetricFamily,
        )

        requests = CounterMetricFamily("excise_requests", "Requests answered", labels=["endpoint", "status"])
        for (endpoint, status), count in list(self._requests.items()):
            requests.add_metric([endpoint, str(status)], count)
        yield requests
        times = HistogramMetricFamily(
            "excise_request_seconds", "From a request's head to the end of its reply", labels=["endpoint"]
        )
        for endpoint, counts in list(self._times.items()):
            buckets, so_far = [], 0
            for most_s, count in zip((*map(str, _BUCKETS_S), "+Inf"), counts, strict=True):
                so_far += count
                buckets.append((most_s, float(so_far)))
            times.add_metric([endpoint], buckets, self._sums[endpoint])
        yield times
        for one in self._gauges:
            family = (CounterMetricFamily if one.counts else GaugeMetricFamily)(
                one.name, one.text, labels=[one.label] if one.label else []
            )
            for key, value in one.read().items():
                family.add_metric([key] if one.label else [], value)
            yield family
