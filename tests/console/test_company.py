"""Signing in through a provider: a real one on loopback, that signs, and one that lies."""

import base64
import hashlib
import threading
import time
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import uvicorn
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route

from excise.casework.state.people import Role
from excise.console.company import Company

ID, SECRET = "excise", "the-client-secret"


class Provider:
    """An OpenID provider; ``lie`` changes what its tokens claim, ``forge`` signs them with another key."""

    def __init__(self):
        self.key = RSAKey.generate_key(2048, {"kid": "one"})
        self.other = RSAKey.generate_key(2048, {"kid": "one"})
        self.asked, self.lie, self.forge, self.now_s = {}, {}, False, 0.0
        routes = [
            Route("/.well-known/openid-configuration", self._about),
            Route("/authorize", self._authorize),
            Route("/token", self._token, methods=["POST"]),
            Route("/keys", self._keys),
        ]
        config = uvicorn.Config(
            Starlette(routes=routes), host="127.0.0.1", port=0, log_level="error", lifespan="off"
        )
        self.server = uvicorn.Server(config)
        threading.Thread(target=self.server.run, daemon=True).start()
        while not self.server.started:
            time.sleep(0.01)
        self.issuer = f"http://127.0.0.1:{self.server.servers[0].sockets[0].getsockname()[1]}"

    async def _about(self, _):
        paths = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return JSONResponse(
            {"issuer": self.issuer, **{name: f"{self.issuer}/{path}" for name, path in paths.items()}}
        )

    async def _authorize(self, request):
        code = f"code-{len(self.asked)}"
        self.asked[code] = dict(request.query_params)
        back = urlencode({"code": code, "state": request.query_params["state"]})
        return RedirectResponse(f"{request.query_params['redirect_uri']}?{back}", status_code=303)

    async def _token(self, request):
        form = {k: v[0] for k, v in parse_qs((await request.body()).decode()).items()}
        basic = base64.b64encode(f"{ID}:{SECRET}".encode()).decode()
        asked = self.asked.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proof = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            asked is None
            or request.headers.get("authorization") != f"Basic {basic}"
            or asked["code_challenge"] != proof
        ):
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        claims = {
            "iss": self.issuer,
            "aud": ID,
            "sub": "ada-7",
            "nonce": asked["nonce"],
            "iat": int(self.now_s),
            "exp": int(self.now_s) + 300,
        } | self.lie
        token = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.other if self.forge else self.key)
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": token})

    async def _keys(self, _):
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})


@pytest.fixture
def provider(served):
    made = Provider()
    made.now_s = served.clock()
    company = Company(
        issuer=made.issuer,
        client_id=ID,
        client_secret=SECRET,
        redirect=f"{served.url}/sign-in/company/back",
    )
    served.with_company(company)
    served.desk.state.people.add(
        "ada", Role.ANALYST, identity=f"{made.issuer} ada-7", by="test", now_s=served.clock()
    )
    yield made
    made.server.should_exit = True


def _sign_in(served, **changed):
    visitor = served.visitor(None)
    visitor.headers.pop("sec-fetch-site")
    return visitor, visitor.get("/sign-in/company", params={"to": "/decisions"}, **changed)


def test_whom_the_provider_vouches_for_comes_in_where_they_wanted(served, provider):
    visitor, page = _sign_in(served)
    assert page.status_code == 200, page.text
    assert urlsplit(str(page.url)).path == "/decisions"
    assert "ada, analyst" in page.text.replace("<bdi>", "").replace("</bdi>", "")
    assert "excise_session" in visitor.cookies
    assert provider.asked == {}, "the code was used up"


@pytest.mark.parametrize(
    "lie",
    [
        {"iss": "https://another.example"},
        {"aud": "another"},
        {"sub": "nobody-we-know"},
        {"nonce": "of another visit"},
        {"exp": 1},
        {"nonce": None},
    ],
)
def test_a_token_that_does_not_hold_lets_nobody_in(served, provider, lie):
    provider.lie = lie
    visitor, page = _sign_in(served)
    assert page.status_code == 403
    assert "excise_session" not in visitor.cookies


def test_a_token_that_another_key_signed_lets_nobody_in(served, provider):
    provider.forge = True
    assert _sign_in(served)[1].status_code == 403


def test_an_answer_that_was_not_asked_for_lets_nobody_in(served, provider):
    visitor = served.visitor(None)
    assert visitor.get("/sign-in/company/back?code=code-0&state=x").status_code == 400
    began = visitor.get("/sign-in/company", follow_redirects=False)
    assert began.headers["location"].startswith(provider.issuer)
    assert visitor.get("/sign-in/company/back?code=code-0&state=another").status_code == 403


def test_a_provider_that_is_down_is_said_to_be(served, provider):
    provider.server.should_exit = True
    time.sleep(0.3)
    served.with_company(
        Company(issuer="http://127.0.0.1:9", client_id=ID, client_secret=SECRET, redirect=served.url)
    )
    assert _sign_in(served)[1].status_code == 502
