"""Signing in through the company: OpenID Connect, authorization code flow with PKCE (RFC 7636).

The provider vouches for an issuer and a subject; who that is here, and what they may do, an admin has said.
What has to come back with the answer (state, nonce, verifier) waits in a short-lived cookie that no script
can read.
"""

import msgspec
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from httpx2 import HTTPError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from msgspec import Struct

from excise.errors import ExciseError

COOKIE = "excise_company"
LASTS_S = 600.0


class NotVouchedFor(ExciseError):
    """The provider did not vouch for the visitor, or what it said does not hold."""


class Company(Struct, frozen=True, kw_only=True):
    """An OpenID provider, as an admin has registered us with it.

    Attributes:
        issuer: its address, as its discovery document says.
        client_id, client_secret: ours.
        redirect: where it sends visitors back to: this console's ``/sign-in/company/back``.
    """

    issuer: str
    client_id: str
    client_secret: str
    redirect: str


class Waiting(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What waits in the cookie while the visitor is with the provider."""

    state: str
    nonce: str
    verifier: str
    target: str
    began_at_s: float


class _Provider(Struct, frozen=True):
    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


async def address(company: Company, waiting: Waiting) -> str:
    """Return where to send the visitor.

    Raises:
        NotVouchedFor: the provider does not answer, or is another.
    """
    async with _client(company) as client:
        provider = await _discovered(client, company)
        url, _ = client.create_authorization_url(
            provider.authorization_endpoint,
            state=waiting.state,
            nonce=waiting.nonce,
            code_verifier=waiting.verifier,
        )
    return str(url)


async def identity(company: Company, waiting: Waiting, answer: str, *, now_s: float) -> str:
    """Return issuer and subject of whom the provider vouches for.

    Args:
        company: the provider.
        waiting: what was kept when the visitor was sent away.
        answer: the address at which the visitor came back.
        now_s: epoch seconds.

    Raises:
        NotVouchedFor: it does not, or what it says does not hold.
    """
    if not 0 <= now_s - waiting.began_at_s < LASTS_S:
        raise NotVouchedFor("signing in took too long; begin again")
    try:
        async with _client(company) as client:
            provider = await _discovered(client, company)
            token = await client.fetch_token(
                provider.token_endpoint,
                authorization_response=answer,
                state=waiting.state,
                code_verifier=waiting.verifier,
            )
            keys = KeySet.import_key_set(
                (await client.request("GET", provider.jwks_uri, withhold_token=True)).json()
            )
        read = jwt.decode(token["id_token"], keys, algorithms=["RS256", "ES256", "PS256", "EdDSA"])
        claims = CodeIDToken(
            read.claims,
            read.header,
            options={
                "iss": {"essential": True, "value": company.issuer},
                "aud": {"essential": True, "value": company.client_id},
                "sub": {"essential": True},
            },
            params={"nonce": waiting.nonce, "client_id": company.client_id},
        )
        claims.validate(now=int(now_s), leeway=60)
    except (AuthlibBaseError, JoseError, HTTPError, KeyError, ValueError) as error:
        raise NotVouchedFor(f"{company.issuer} did not vouch for you: {type(error).__name__}") from None
    if claims.get("nonce") != waiting.nonce:
        raise NotVouchedFor(f"{company.issuer} answered another question than was asked")
    return f"{company.issuer} {claims['sub']}"


def _client(company: Company) -> AsyncOAuth2Client:
    return AsyncOAuth2Client(
        client_id=company.client_id,
        client_secret=company.client_secret,
        redirect_uri=company.redirect,
        scope="openid",
        code_challenge_method="S256",
        timeout=10.0,
        follow_redirects=False,
        trust_env=False,
    )


async def _discovered(client: AsyncOAuth2Client, company: Company) -> _Provider:
    url = company.issuer.rstrip("/") + "/.well-known/openid-configuration"
    try:
        reply = await client.request("GET", url, withhold_token=True)
        provider = msgspec.json.decode(reply.content, type=_Provider)
    except (HTTPError, msgspec.DecodeError) as error:
        raise NotVouchedFor(f"{company.issuer} does not answer: {type(error).__name__}") from None
    if provider.issuer != company.issuer:
        raise NotVouchedFor(f"{url} is of another issuer: {provider.issuer[:100]!r}")
    return provider
