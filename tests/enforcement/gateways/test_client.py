import time

import pytest

from excise.enforcement.gateways import gateway_kinds
from excise.enforcement.wire import changes_of, effects_of, head_of


def fetched(kit, app, query):
    status, headers, pieces = kit.asked(
        app, "GET", "/v1/effects", query=query, headers=[("x-excise-token", kit.TOKEN)]
    )
    assert status == 200
    assert headers["content-type"] == "application/x-ndjson"
    lines = iter(b"".join(pieces).split(b"\n"))
    return head_of(lines), lines


def test_a_whole_table_first_and_then_what_changed(kit, keeper):
    app = kit.service(keeper.desk)
    effects = [kit.effect(f"a{n}") for n in range(1_200)]
    keeper.apply(*effects)
    keeper.apply(whole=True)
    keeper.apply(*effects)
    head, lines = fetched(kit, app, "")
    assert (head.whole, head.sequence, head.reference_key) == (True, 4, kit.KEY)
    assert sorted(e.subject for e in effects_of(lines)) == sorted(e.subject for e in effects)
    head, lines = fetched(kit, app, "after=3")
    assert not head.whole
    assert len(changes_of(head, lines).effects) == 1_200
    head, lines = fetched(kit, app, "after=4")
    assert changes_of(head, lines).effects == ()


def test_it_waits_until_something_changes_and_no_longer(kit, running):
    app = kit.service(running.desk, gateways=[gateway_kinds()["client"](longest_wait_s=0.3)])
    began = time.monotonic()
    head, _ = fetched(kit, app, f"after={running.sequence}&wait_s=60")
    assert head.sequence == running.sequence
    assert 0.25 < time.monotonic() - began < 5


def test_before_the_table_is_loaded_it_says_so(kit, keeper):
    keeper.desk.table.filled = False
    headers = [("x-excise-token", kit.TOKEN)]
    status, sent, _ = kit.asked(kit.service(keeper.desk), "GET", "/v1/effects", headers=headers)
    assert (status, sent["retry-after"]) == (503, "1")


@pytest.mark.parametrize("query", ["after=x", "wait_s=x", "after="])
def test_what_cannot_be_read_is_refused(kit, keeper, query):
    headers = [("x-excise-token", kit.TOKEN)]
    assert kit.asked(kit.service(keeper.desk), "GET", "/v1/effects", query=query, headers=headers)[0] == 400
