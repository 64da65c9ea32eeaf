from prometheus_client.parser import text_string_to_metric_families

from excise.service.metrics import Gauge, Metrics


def test_prometheus_reads_what_was_counted() -> None:
    metrics = Metrics(
        (
            Gauge("excise_x", "x", lambda: {"": 3.0}),
            Gauge("excise_y", "y", lambda: {"a": 1.0, "b": 2.0}, "kind", counts=True),
            Gauge("excise_z", "z", dict),
        )
    )
    for took_s in (0.0001, 0.003, 0.003, 99.0):
        metrics.add("/v1/x", 200, took_s)
    metrics.add("/v1/x", 503, 0.0001)
    found = {
        (sample.name, *sorted(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(metrics.text().decode())
        for sample in family.samples
    }
    assert found[("excise_requests_total", "/v1/x", "200")] == 4
    assert found[("excise_requests_total", "/v1/x", "503")] == 1
    assert found[("excise_request_seconds_count", "/v1/x")] == 5
    assert found[("excise_request_seconds_bucket", "+Inf", "/v1/x")] == 5
    assert found[("excise_request_seconds_bucket", "/v1/x", "0.005")] == 4
    assert found[("excise_x",)] == 3
    assert found[("excise_y_total", "b")] == 2
    assert not any(name[0] == "excise_z" for name in found)
