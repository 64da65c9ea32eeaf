import json

import pytest

from excise.casework.decision import Kind, Limits


def decide(kit, keeper, body, path="/v1/decide"):
    headers = [("x-excise-token", kit.TOKEN)]
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    status, _, pieces = kit.asked(kit.service(keeper.desk), path=path, body=raw, headers=headers)
    return status, json.loads(b"".join(pieces))


def test_a_caller_of_whom_nothing_is_known_may_pass(kit, keeper):
    assert decide(kit, keeper, {"account": "acme"}) == (200, {"action": "allow", "ttl_s": 1.0})


def test_a_refusal_comes_as_it_is_to_be_sent(kit, keeper):
    keeper.apply(kit.effect("acme"), kit.effect("acme", Kind.THROTTLE, simulated=True))
    status, said = decide(kit, keeper, {"account": "acme", "address": "203.0.113.9", "model": "m"})
    assert (status, said["action"], said["refused"]["status"]) == (200, "block", 403)
    assert said["refused"]["body"]["error"]["code"] == "harvesting"
    assert said["refused"]["headers"]["content-type"] == "application/json"
    assert said["simulated"] == [
        {"decision": "dec-0123456789abcdef", "kind": "throttle", "reason_code": "harvesting"}
    ]


def test_tokens_are_charged_when_a_reply_is_over(kit, keeper):
    keeper.apply(kit.effect("acme", Kind.THROTTLE, limits=Limits(tpm=60)))
    first = decide(kit, keeper, {"account": "acme"})[1]
    assert (first["action"], first["limits"], first["ttl_s"]) == ("allow", {"rpm": None, "tpm": 60}, 0.0)
    used = {"caller": {"account": "acme"}, "tokens": 500}
    assert decide(kit, keeper, used, "/v1/charge") == (200, {})
    then = decide(kit, keeper, {"account": "acme"})[1]
    assert then["action"] == "throttle"
    assert then["retry_after_s"] == pytest.approx(491)
    assert then["refused"]["status"] == 429


@pytest.mark.parametrize("path", ["/v1/decide", "/v1/charge"])
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"5", b'{"acount": "x"}', b'{"account": 5}', b"\xff", b"[" * 9_000]
)
def test_what_cannot_be_read_is_refused(kit, keeper, path, body):
    assert decide(kit, keeper, body, path)[0] == 400
    assert decide(kit, keeper, b" " * 17_000, path)[0] == 413
