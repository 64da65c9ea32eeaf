"""A console over a state with campaigns in it, served for real on loopback."""

import importlib.util
import threading
import time
from pathlib import Path
from types import ModuleType

import httpx
import pytest
import uvicorn
from msgspec import structs

from excise.casework.policy import shipped
from excise.casework.standing import Round, Standing
from excise.casework.state import State
from excise.casework.state.people import Role
from excise.console.app import console
from excise.console.company import Company
from excise.console.visit import Desk
from excise.detection.campaign import Campaign
from excise.report.findings import AccountFacts, Bins, Portrait
from excise.service.loop import portraits

NOW_S = 1_760_500_000.0
PASSWORD = "correct horse battery staple"


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"made_up_{path.parent.name}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


made_up = _module(Path(__file__).parents[1] / "report" / "conftest.py")


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now_s = NOW_S

    def __call__(self) -> float:
        return self.now_s


def standings_of(campaign: Campaign, facts: list[AccountFacts]) -> list[Standing]:
    return [
        Standing(
            account=line.account,
            actor=campaign.actor,
            bits=campaign.bits,
            rank=campaign.rank,
            campaign=campaign.name,
            exchanges=line.exchanges,
            tokens_out=line.tokens_out,
            started_at_s=line.first_at_s,
            ended_at_s=line.last_at_s,
            verified=place % 7 == 0,
            organization="org-1" if place % 5 == 0 else None,
            because=campaign.because,
        )
        for place, line in enumerate(facts)
    ]


def fill(state: State, folder: Path, made: list[tuple[Campaign, list[AccountFacts]]]) -> None:
    honest = [
        Standing(
            account=f"honest_{number:04d}",
            actor=f"actor-h{number:04d}",
            bits=0.2,
            rank=-3.0,
            campaign=None,
            exchanges=50,
            tokens_out=9_000,
            started_at_s=NOW_S - 9e5,
            ended_at_s=NOW_S - 100,
        )
        for number in range(200)
    ]
    standings = [one for campaign, facts in made for one in standings_of(campaign, facts)]
    found = Round(
        at_s=NOW_S,
        standings=tuple(honest + standings),
        campaigns=tuple(campaign for campaign, _ in made),
    )
    state.standings.receive(found, shipped(), now_s=NOW_S)
    for campaign, facts in made:
        portraits.write(
            folder / "store" / "derived" / "portraits",
            Portrait(
                campaign=campaign,
                accounts=tuple(facts),
                bins=Bins(origin_s=made_up.START_S, width_s=3600.0),
                events=(),
            ),
        )


def people(state: State) -> None:
    for role in Role:
        state.people.add(role.value, role, password=PASSWORD, by="test", now_s=NOW_S)
    state.people.add("second", Role.APPROVER, password=PASSWORD, by="test", now_s=NOW_S)


class Switch:
    """Serves a console that can be made anew."""

    def __init__(self, desk: Desk) -> None:
        self.app = console(desk)

    async def __call__(self, scope, receive, send) -> None:
        await self.app(scope, receive, send)


class Served:
    """A console that is served, and visitors who sign in to it."""

    def __init__(self, desk: Desk, clock: Clock, url: str) -> None:
        self.desk = desk
        self.clock = clock
        self.url = url
        self.clients: list[httpx.Client] = []

    password = PASSWORD
    made_up = made_up

    def fill(self, made: list[tuple[Campaign, list[AccountFacts]]]) -> None:
        fill(self.desk.state, self.desk.data, made)

    def with_company(self, company: Company) -> None:
        self.desk = structs.replace(self.desk, company=company)
        self.switch.app = console(self.desk)

    def visitor(self, name: str | None = "analyst") -> httpx.Client:
        client = httpx.Client(
            base_url=self.url, headers={"sec-fetch-site": "same-origin"}, follow_redirects=True, timeout=30.0
        )
        self.clients.append(client)
        if name is not None:
            reply = client.post("/sign-in", data={"name": name, "password": PASSWORD, "to": "/"})
            assert reply.status_code == 200, reply.text
        return client

    def csrf(self, client: httpx.Client) -> str:
        session = self.desk.state.people.session(client.cookies["excise_session"], now_s=self.clock())
        return session.csrf

    def post(self, client: httpx.Client, path: str, **form: object) -> httpx.Response:
        return client.post(path, data={"csrf": self.csrf(client), **form})


class _Server(uvicorn.Server):
    def install_signal_handlers(self) -> None:
        """Leave the signals to pytest."""


@pytest.fixture(scope="session")
def hostile() -> ModuleType:
    return _module(Path(__file__).with_name("hostile.py"))


@pytest.fixture
def served(tmp_path):
    clock = Clock()
    with State.open(tmp_path / "excise.db", secret=bytes(32), now_s=NOW_S) as state:
        made = [
            made_up.campaign("campaign-aa01", 12, 3),
            made_up.campaign("campaign-aa02", 3, 2),
            made_up.campaign("campaign-aa03", 40, 1),
        ]
        fill(state, tmp_path, made)
        people(state)
        desk = Desk(state=state, policy=shipped, clock=clock, data=tmp_path)
        switch = Switch(desk)
        config = uvicorn.Config(switch, host="127.0.0.1", port=0, log_config=None, lifespan="off")
        server = _Server(config)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        made = Served(desk, clock, f"http://127.0.0.1:{port}")
        made.switch = switch
        yield made
        for client in made.clients:
            client.close()
        server.should_exit = True
        thread.join(timeout=10)
