from excise.enforcement.caller import digest_of
from excise.enforcement.proxies import AskedByProxy
from excise.enforcement.raw import send_body


async def brewed(send, refusal):
    await send_body(send, 418, refusal.body, ())


def test_who_may_goes_on_with_headers_and_who_may_not_is_answered_as_the_proxy_has_it(kit, keeper):
    keeper.apply(kit.effect(digest_of("sk-crew")))
    app = AskedByProxy(keeper.desk, brewed)
    status, headers, _ = kit.asked(app, headers=[("authorization", "Bearer sk-acme")])
    assert (status, headers["x-excise-action"]) == (200, "allow")
    status, headers, pieces = kit.asked(app, headers=[("authorization", "Bearer sk-crew")])
    assert status == 418
    assert b"Access is suspended" in b"".join(pieces)
    assert "x-excise-action" not in headers
