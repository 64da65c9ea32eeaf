import hashlib

import pytest
from msgspec.structs import replace

from excise.casework.state.tokens import Token, TokenScope
from excise.service.tokens import Gatekeeper, allows

TEXT = "excise_0123abcd_" + "x" * 43
TOKEN = Token(
    id="0123abcd",
    name="t",
    scopes=(TokenScope.READ,),
    digest=hashlib.sha256(TEXT.encode()).hexdigest(),
    made_by="test",
    made_at_s=0.0,
    until_s=100.0,
)


def test_a_token_is_known_while_it_lives() -> None:
    at_s = 50.0
    gatekeeper = Gatekeeper(lambda: at_s)
    gatekeeper.know([TOKEN])
    assert gatekeeper.whose({"x-api-key": TEXT}.get) == TOKEN
    assert gatekeeper.whose({"authorization": f"Bearer {TEXT}"}.get) == TOKEN
    at_s = 100.0
    assert gatekeeper.whose({"x-api-key": TEXT}.get) is None
    gatekeeper.know([replace(TOKEN, revoked_at_s=1.0)])
    assert len(gatekeeper) == 0


@pytest.mark.parametrize(
    "text",
    ["", "excise_0123abcd_", TEXT[:-1] + "y", TEXT.replace("0123abcd", "0123abce"), "é" * 60, TEXT + "x"],
)
def test_nothing_else_is_a_token(text: str) -> None:
    gatekeeper = Gatekeeper(lambda: 1.0)
    gatekeeper.know([TOKEN])
    assert gatekeeper.whose({"x-excise-token": text, "x-api-key": TEXT}.get) is None


def test_a_scope_is_not_another() -> None:
    assert allows(TOKEN, "read")
    assert not allows(TOKEN, "act")
