"""The doctor page says what the loop could not see, what that costs, and what callers hide."""

import msgspec

from excise.console import blind
from excise.service import examined
from excise.service.doctor import PROBES, Counted, Examined, Found
from excise.service.loop import blindness
from excise.store.store import DERIVED


def test_blindness_is_said_once_the_loop_has_looked(served):
    visitor = served.visitor("viewer")
    assert "Nothing was judged yet" in visitor.get("/doctor").text
    said = blindness.Blindness(at_s=served.clock(), blind=("Set `log_words: true` to see words.", "<b>x</b>"))
    blindness.keep(served.desk.data / "store" / DERIVED, said)
    page = visitor.get("/doctor").text
    assert "<code>log_words: true</code>" in page
    assert "<b>" not in page
    assert "2 things cannot be seen" in page


def test_what_a_gateway_hides_is_said_with_its_fix(served):
    visitor = served.visitor("viewer")
    assert "No gateway was asked yet" in visitor.get("/doctor").text
    found = (
        Found(probe=PROBES[0], answered=200, captured=True, words=True),
        Found(probe=PROBES[1], answered=200, captured=False, words=False),
        Found(probe=PROBES[3], answered=403, captured=False, words=False),
    )
    counted = Counted(counter="vllm:request_success_total", requests=3.0, records=1.0)
    kept = examined.Kept(
        gateway="http://gateway", at_s=served.clock(), examined=Examined(found=found, counted=counted)
    )
    examined.keep(served.desk.data, kept)
    page = visitor.get("/doctor").text
    assert PROBES[1].says in page
    assert "global_disable_no_log_param" in page
    assert "the gateway answers 403" in page
    assert "rose by 3 while 1 records arrived" in page


def test_what_blindness_costs_is_said_where_it_was_measured(served, tmp_path, monkeypatch):
    share = {"hits": 41, "of": 100, "value": 0.41, "low": 0.31, "high": 0.51}
    left = {"without": "words", "means": "no words", "caught_at_1_in_1000": share, "named": share}
    path = tmp_path / "blindness.json"
    path.write_bytes(msgspec.json.encode({"scale": "small", "seeds": [900, 905], "left": [left]}))
    monkeypatch.setattr(blind, "measured_file", lambda _: path)
    page = served.visitor("viewer").get("/doctor").text
    assert "What blindness costs" in page
    assert "31 to 51 of 100" in page
