"""A visit: one request of one signed-in person, and how a page answers it.

A page is a plain function from a visit to a reply. It runs in a thread of its own, so that a slow question to
the database holds nobody else up. Whether the person may see it, whether the form comes from our own page,
and what an error looks like is decided here, once.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlencode

from msgspec import Struct
from starlette.datastructures import FormData, QueryParams
from starlette.responses import HTMLResponse, RedirectResponse, Response

from excise.casework.policy import Policy
from excise.casework.state import State
from excise.casework.state.people import Person, Role
from excise.console.assets import asset
from excise.console.company import Company
from excise.report.rendering import templates
from excise.report.selfcontained import island
from excise.service.folder import Folder
from excise.service.loop import portraits
from excise.store.store import DERIVED


class Desk(Struct, frozen=True, kw_only=True):
    """What the console stands on.

    Attributes:
        state: cases, decisions and all else of casework.
        policy: gives the policy that holds now.
        clock: epoch seconds.
        data: the data folder of the deployment; portraits, findings and the doctor's word are read there.
        company: who vouches for people besides us; None where they have passwords only.
        secret: the file of the deployment secret; in the data folder where None.
        secure: the console is reached over TLS.
        appeals: where a blocked customer is told to turn to; "" where they are not.
    """

    state: State
    policy: Callable[[], Policy]
    clock: Callable[[], float]
    data: Path
    company: Company | None = None
    secret: Path | None = None
    secure: bool = False
    appeals: str = ""

    @property
    def folder(self) -> Folder:
        """What lies where in the data folder."""
        return Folder(self.data, secret_file=self.secret)

    @property
    def portraits(self) -> Path:
        """Where the loop keeps the portraits of campaigns."""
        return self.folder.store / DERIVED / portraits.FOLDER


class Visit(Struct, frozen=True, kw_only=True):
    """One request: ``query`` and ``form`` are what was sent, ``path`` holds the parts of the address."""

    desk: Desk
    person: Person
    csrf: str
    now_s: float
    path: Mapping[str, str]
    query: QueryParams
    form: FormData
    here: str

    def asked(self, name: str, most: int = 2_000) -> str:
        """Return a field of the form or the query as text, stripped and cut; "" where there is none."""
        value = self.form.get(name) if name in self.form else self.query.get(name, "")
        return value.strip().replace("\x00", "")[:most] if isinstance(value, str) else ""

    def marked(self, name: str) -> tuple[str, ...]:
        """Return all values of a field that may be there several times, without repeats, in order."""
        values = self.form.getlist(name) or self.query.getlist(name)
        return tuple(dict.fromkeys(value for value in values if isinstance(value, str) and value))

    def number(self, name: str) -> float | None:
        """Return a field as a number, None where it is empty or none."""
        try:
            value = float(self.asked(name, 40))
        except ValueError:
            return None
        return value if abs(value) < 1e15 else None  # also what is not a number


Handler = Callable[[Visit], Response]


class Page(Struct, frozen=True):
    """One address of the console: who may visit it, and what answers. ``methods`` is GET or POST."""

    path: str
    method: str
    role: Role
    handler: Handler


PLACES: tuple[tuple[str, str, str], ...] = (
    ("/", "Queue", "q"),
    ("/decisions", "Decisions", "d"),
    ("/programmes", "Programmes", "p"),
    ("/detectors", "Detectors", "t"),
    ("/lineage", "Lineage", "l"),
    ("/doctor", "Doctor", "o"),
    ("/ledger", "Ledger", "h"),
)
"""The pages of the bar: address, word, and the key that goes there after g."""


def rendered(
    visit: Visit,
    template: str,
    values: Mapping[str, object],
    *,
    place: str = "",
    pictures: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    """Return a page made of a template of the console.

    Args:
        visit: whose page it is.
        template: its file.
        values: what it writes.
        place: which page of the bar it belongs to.
        pictures: figures as Plotly's JSON, by the id of their place.
        status: of the reply.
    """
    html = (
        templates("excise.console")
        .get_template(template)
        .render(
            {"notice": visit.query.get("done", ""), "refusal": "", **values},
            asset=asset,
            person=visit.person,
            csrf=visit.csrf,
            places=PLACES,
            place=place,
            now_s=visit.now_s,
            here=visit.here,
            may=lambda role: visit.person.role.may(Role(role)),
            linked=linked,
            pictures=island(pictures) if pictures else "",
        )
    )
    return HTMLResponse(html, status_code=status)


def linked(path: str, /, **query: object) -> str:
    """Return an address with its query; what is None or empty is left out.

    >>> linked("/account", name="a/b&c", after=None)
    '/account?name=a%2Fb%26c'
    """
    kept: list[tuple[str, str]] = []
    for name, value in query.items():
        if isinstance(value, str) or not isinstance(value, Sequence):
            kept.extend([] if value is None or value == "" else [(name, str(value))])
        else:
            kept.extend((name, str(one)) for one in value)
    return f"{path}?{urlencode(kept)}" if kept else path


def gone_to(path: str, done: str, **query: object) -> Response:
    """Send the visitor on after something was done, and say there what."""
    return RedirectResponse(linked(path, **query, done=done), status_code=303)
