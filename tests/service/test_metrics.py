"""Metrics as Prometheus reads them, parsed by its own client."""

from prometheus_client.parser import text_string_to_metric_families

from excise.service.metrics import Gauge, Metrics


def _read(metrics):
    found = {}
    for family in text_string_to_metric_families(metrics.text().decode()):
        for sample in family.samples:
            found[(sample.name, tuple(sorted(sample.labels.items())))] = sample.value
    return found


def test_requests_are_counted_by_endpoint_and_status_and_their_times_fall_into_buckets():
    metrics = Metrics(())
    for took_s, status in ((0.0001, 200), (0.02, 200), (99.0, 503)):
        metrics.add("/v1/decide", status, took_s)
    found = _read(metrics)
    assert found[("excise_requests_total", (("endpoint", "/v1/decide"), ("status", "200")))] == 2
    assert found[("excise_request_seconds_count", (("endpoint", "/v1/decide"),))] == 3
    buckets = sorted(
        (float(dict(labels)["le"]), value)
        for (name, labels), value in found.items()
        if name == "excise_request_seconds_bucket"
    )
    assert [value for _, value in buckets] == sorted(value for _, value in buckets)
    assert buckets[-1] == (float("inf"), 3)


def test_a_gauge_is_read_when_it_is_asked_for():
    held = {"block": 1.0}
    metrics = Metrics((Gauge("excise_decisions", "by action", lambda: held, "action", counts=True),))
    held["block"] = 7.0
    assert _read(metrics)[("excise_decisions_total", (("action", "block"),))] == 7
