"""The door: signing in and out, with a password or through the company's OpenID provider."""

import secrets

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from excise.casework.state.people import Session
from excise.console import company
from excise.console.assets import asset
from excise.console.security import is_from_here, local_path
from excise.console.visit import Desk
from excise.report.rendering import templates

COOKIE = "excise_session"
_LASTS_S = 12 * 3600


def page(desk: Desk, target: str, *, refusal: str = "", status: int = 200) -> Response:
    """Return the page that asks who is there; ``target`` is where to go then."""
    html = (
        templates("excise.console")
        .get_template("sign_in.html.j2")
        .render(
            asset=asset,
            person=None,
            pictures="",
            notice="",
            refusal=refusal,
            target=local_path(target),
            company=desk.company is not None,
        )
    )
    return HTMLResponse(html, status_code=status)


async def sign_in(request: Request, desk: Desk) -> Response:
    """Show the form, or answer it: begin a new session, or say that name and password do not fit."""
    if request.method == "GET":
        return page(desk, request.query_params.get("to", "/"))
    if not is_from_here(request):
        return page(desk, "/", refusal="The form came from another page. Send it from here.", status=403)
    form = await request.form(max_files=0, max_fields=10, max_part_size=10_000)
    name, password = str(form.get("name", ""))[:200], str(form.get("password", ""))[:1_000]
    target = str(form.get("to", "/"))
    session = await run_in_threadpool(desk.state.people.sign_in, name, password, now_s=desk.clock())
    if session is None:
        refusal = "Name and password do not belong together, or there were too many tries; wait a minute."
        return page(desk, target, refusal=refusal, status=401)
    return _entered(desk, session, target)


async def sign_out(request: Request, desk: Desk) -> Response:
    """End the session, here and in the state."""
    key = request.cookies.get(COOKIE)
    if key:
        await run_in_threadpool(desk.state.people.sign_out, key, now_s=desk.clock())
    response = RedirectResponse("/sign-in", status_code=303)
    response.delete_cookie(COOKIE, path="/", httponly=True, samesite="strict")
    return response


async def to_company(request: Request, desk: Desk) -> Response:
    """Send the visitor to the company's provider."""
    assert desk.company is not None, "the route is there only with a company"
    waiting = company.Waiting(
        state=secrets.token_urlsafe(24),
        nonce=secrets.token_urlsafe(24),
        verifier=secrets.token_urlsafe(48),
        target=local_path(request.query_params.get("to")),
        began_at_s=desk.clock(),
    )
    try:
        url = await company.address(desk.company, waiting)
    except company.NotVouchedFor as error:
        return page(desk, waiting.target, refusal=str(error), status=502)
    response = RedirectResponse(url, status_code=303)
    response.set_cookie(
        company.COOKIE,
        msgspec.json.encode(waiting).hex(),
        max_age=int(company.LASTS_S),
        httponly=True,
        samesite="lax",  # the provider sends the visitor back from its own host
        secure=desk.secure,
        path="/sign-in/company",
    )
    return response


async def from_company(request: Request, desk: Desk) -> Response:
    """Let in whom the provider vouches for and an admin has added."""
    assert desk.company is not None, "the route is there only with a company"
    try:
        kept = bytes.fromhex(request.cookies.get(company.COOKIE, ""))
        waiting = msgspec.json.decode(kept, type=company.Waiting)
    except (ValueError, msgspec.DecodeError):
        return page(desk, "/", refusal="Signing in was not begun here; begin again.", status=400)
    try:
        identity = await company.identity(desk.company, waiting, str(request.url), now_s=desk.clock())
    except company.NotVouchedFor as error:
        return page(desk, waiting.target, refusal=str(error), status=403)
    session = await run_in_threadpool(desk.state.people.sign_in_by_identity, identity, now_s=desk.clock())
    if session is None:
        refusal = f"Nobody here is known by that identity; ask an admin to add: {identity}"
        return page(desk, waiting.target, refusal=refusal, status=403)
    response = _entered(desk, session, waiting.target)
    response.delete_cookie(company.COOKIE, path="/sign-in/company")
    return response


def _entered(desk: Desk, session: Session, target: str) -> Response:
    assert session.key is not None, "a session that has just begun has its key"
    response = RedirectResponse(local_path(target), status_code=303)
    response.set_cookie(
        COOKIE,
        session.key,
        max_age=_LASTS_S,
        httponly=True,
        samesite="strict",
        secure=desk.secure,
        path="/",
    )
    return response
