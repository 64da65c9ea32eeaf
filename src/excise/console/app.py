"""The console as an application: one table of pages, and what stands before every one of them."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from excise.casework.refusals import NoSuchRecord, NotAsThingsStand, SealBroken, StateUnreachable
from excise.casework.state.people import Role, Session
from excise.console import (
    account,
    assets,
    blind,
    deciding,
    door,
    exports,
    handling,
    investigation,
    linking,
    measured,
    people,
    proof,
    queue,
    revealing,
)
from excise.console.security import Guarded, is_from_here
from excise.console.visit import Desk, Page, Visit, linked, rendered
from excise.enforcement.gateways import Endpoint
from excise.errors import ExciseError

_MOST_FIELDS = 2_000
_MOST_FIELD_BYTES = 1 << 20
_MOST_BODY_BYTES = 4 << 20
_LOOK_EVERY_S = 2.0

PAGES: tuple[Page, ...] = (
    Page("/", "GET", Role.VIEWER, queue.queue),
    Page("/find", "GET", Role.VIEWER, queue.find),
    Page("/views", "POST", Role.VIEWER, queue.keep_view),
    Page("/bulk", "POST", Role.ANALYST, queue.bulk),
    Page("/case/{case}", "GET", Role.VIEWER, investigation.case),
    Page("/case/{case}/why", "GET", Role.VIEWER, linking.why),
    Page("/case/{case}/decide", "GET", Role.ANALYST, deciding.preview),
    Page("/case/{case}/decide", "POST", Role.ANALYST, deciding.decide),
    Page("/case/{case}/reveal", "POST", Role.ANALYST, revealing.reveal_exhibit),
    Page("/case/{case}/{does}", "POST", Role.ANALYST, handling.handle),
    Page("/case/{case}/{file}", "GET", Role.VIEWER, exports.export),
    Page("/account", "GET", Role.VIEWER, account.account),
    Page("/account/decide", "GET", Role.ANALYST, deciding.preview),
    Page("/account/decide", "POST", Role.ANALYST, deciding.decide),
    Page("/decisions", "GET", Role.VIEWER, deciding.decisions),
    Page("/decision/{decision}", "GET", Role.VIEWER, deciding.decision),
    Page("/decision/{decision}/approve", "POST", Role.APPROVER, deciding.approve),
    Page("/decision/{decision}/refuse", "POST", Role.APPROVER, deciding.refuse),
    Page("/decision/{decision}/undo", "POST", Role.ANALYST, deciding.undo),
    Page("/programmes", "GET", Role.VIEWER, proof.programmes),
    Page("/programmes/end", "POST", Role.APPROVER, proof.end_programme),
    Page("/detectors", "GET", Role.VIEWER, measured.page),
    Page("/lineage", "GET", Role.VIEWER, proof.lineage),
    Page("/lineage/{finding}/verify", "POST", Role.VIEWER, proof.verify_finding),
    Page("/lineage/{finding}/finding.html", "GET", Role.VIEWER, proof.finding_page),
    Page("/doctor", "GET", Role.VIEWER, blind.doctor),
    Page("/ledger", "GET", Role.VIEWER, proof.ledger),
    Page("/ledger/verify", "POST", Role.VIEWER, proof.verify_ledger),
    Page("/people", "GET", Role.ADMIN, people.people),
    Page("/people/add", "POST", Role.ADMIN, people.add),
    Page("/people/change", "POST", Role.ADMIN, people.change),
)
"""Every page that somebody who is signed in may ask for, and the least role that may."""


def console(desk: Desk) -> ASGIApp:
    """Return the console. Nothing is read or written until somebody visits."""
    routes = [
        Route(page.path, partial(_answer, desk=desk, page=page), methods=[page.method]) for page in PAGES
    ]
    routes += [
        Route("/assets/{file}", assets.serve, methods=["GET"]),
        Route("/events", partial(_events, desk=desk), methods=["GET"]),
        Route("/sign-in", partial(door.sign_in, desk=desk), methods=["GET", "POST"]),
        Route("/sign-out", partial(_sign_out, desk=desk), methods=["POST"]),
    ]
    if desk.company is not None:
        routes += [
            Route("/sign-in/company", partial(door.to_company, desk=desk), methods=["GET"]),
            Route("/sign-in/company/back", partial(door.from_company, desk=desk), methods=["GET"]),
        ]
    return Guarded(Starlette(routes=routes))


def endpoints(desk: Desk) -> tuple[Endpoint, ...]:
    """Return the console as an endpoint of the service: whatever no other answers. It asks for no token.

    Who visits signs in; every page has its own least role.
    """
    app = console(desk)
    return tuple(
        Endpoint(path=path, methods=("GET", "HEAD", "POST"), scope="open", handler=app, name="console")
        for path in ("/", "/{path:path}")
    )


async def _answer(request: Request, desk: Desk, page: Page) -> Response:
    session = await _session(request, desk)
    if session is None:
        return _stranger(request, desk, page)
    try:
        form = await _form(request) if page.method == "POST" else FormData()
    except _TooLarge:
        return PlainTextResponse("The form is too large, or broke off.", status_code=413)
    visit = Visit(
        desk=desk,
        person=session.person,
        csrf=session.csrf,
        now_s=desk.clock(),
        path=request.path_params,
        query=request.query_params,
        form=form,
        here=request.url.path + (f"?{request.url.query}" if request.url.query else ""),
    )
    if page.method == "POST" and (not is_from_here(request) or form.get("csrf") != session.csrf):
        return _refused(visit, 403, "The form came from another page, or is old. Go back and send it again.")
    if not session.person.role.may(page.role):
        return _refused(visit, 403, f"This needs the role {page.role}; you are {session.person.role}.")
    return await run_in_threadpool(_visited, visit, page)


def _stranger(request: Request, desk: Desk, page: Page) -> Response:
    if page.method == "POST":
        return door.page(desk, "/", refusal="Your session is over; sign in again.", status=401)
    here = linked(request.url.path, **dict(request.query_params))
    return RedirectResponse(linked("/sign-in", to=here if here != "/" else None), status_code=303)


class _TooLarge(Exception):
    """A form that is more than anybody fills in."""


async def _form(request: Request) -> FormData:
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > _MOST_BODY_BYTES:
        raise _TooLarge
    try:
        return await request.form(max_files=0, max_fields=_MOST_FIELDS, max_part_size=_MOST_FIELD_BYTES)
    except (ClientDisconnect, HTTPException):
        raise _TooLarge from None


def _visited(visit: Visit, page: Page) -> Response:
    try:
        return page.handler(visit)
    except NoSuchRecord as error:
        return _refused(visit, 404, str(error))
    except (NotAsThingsStand, SealBroken) as error:
        return _refused(visit, 409, str(error))
    except StateUnreachable as error:
        return _refused(visit, 503, str(error))
    except ExciseError as error:
        return _refused(visit, 400, str(error))


def _refused(visit: Visit, status: int, why: str) -> Response:
    return rendered(visit, "refused.html.j2", {"refusal": why, "status": status}, status=status)


async def _session(request: Request, desk: Desk) -> Session | None:
    key = request.cookies.get(door.COOKIE)
    if not key:
        return None
    return await run_in_threadpool(desk.state.people.session, key[:200], now_s=desk.clock())


async def _listening(request: Request, desk: Desk) -> Session | None:
    key = request.cookies.get(door.COOKIE, "")
    return await run_in_threadpool(desk.state.people.session_as_it_is, key[:200], now_s=desk.clock())


async def _sign_out(request: Request, desk: Desk) -> Response:
    session = await _session(request, desk)
    form = await request.form(max_files=0, max_fields=10, max_part_size=10_000)
    if session is not None and (not is_from_here(request) or form.get("csrf") != session.csrf):
        return HTMLResponse("The form came from another page.", status_code=403)
    return await door.sign_out(request, desk)


async def _events(request: Request, desk: Desk) -> Response:
    """Say, as server-sent events, whenever the ledger has a new entry.

    To listen is no activity: a page that is left open does not keep its session alive.
    """
    if await _listening(request, desk) is None:
        return PlainTextResponse("Sign in first.", status_code=401)

    async def told() -> AsyncIterator[str]:
        last = -1
        while not await request.is_disconnected():
            if await _listening(request, desk) is None:
                return
            page = await run_in_threadpool(partial(desk.state.ledger.list, most=1))
            head = page.entries[0].sequence if page.entries else 0
            yield f"event: changed\ndata: {head}\n\n" if head != last else ": still here\n\n"
            last = head
            await asyncio.sleep(_LOOK_EVERY_S)

    return StreamingResponse(told(), media_type="text/event-stream")
