import hashlib
import hmac
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from excise.casework.notify.failures import NotSent
from excise.casework.notify.webhook import send
from excise.casework.policy import Webhook


def test_it_is_signed_so_that_the_receiver_can_check(web, posted: Callable[..., object], tmp_path: Path):
    secret = tmp_path / "secret"
    secret.write_bytes(b"shared\n")
    send(Webhook(url=web.url, secret_file=str(secret)), posted(), now_s=1_000.9)
    ((path, headers, body),) = web.requests
    moment, digest = (part.split("=")[1] for part in headers["X-Excise-Signature"].split(","))
    assert moment == "1000"
    assert hmac.compare_digest(digest, hmac.new(b"shared", b"1000." + body, hashlib.sha256).hexdigest())
    assert path == "/hook"
    assert json.loads(body) == {
        "id": "msg-1",
        "event": "case_opened",
        "title": "41 accounts act as one",
        "text": "19 bits",
        "at_s": 5.0,
        "case": "case-00000001",
        "decision": None,
    }


def test_without_a_secret_it_is_not_signed(web, posted):
    send(Webhook(url=web.url), posted(), now_s=1.0)
    assert "X-Excise-Signature" not in web.requests[0][1]


def test_a_secret_that_cannot_be_read_sends_nothing(web, posted, tmp_path):
    with pytest.raises(NotSent, match="No such file"):
        send(Webhook(url=web.url, secret_file=str(tmp_path / "absent")), posted(), now_s=1.0)
    assert web.requests == []
