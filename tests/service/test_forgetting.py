import asyncio
from pathlib import Path

import httpx
import pytest

from excise.service import forgetting
from excise.service.journal.forgotten import Forgotten


def asked(endpoint, body: bytes) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=endpoint.route().app)
        async with httpx.AsyncClient(transport=transport, base_url="http://excise.example") as client:
            return await client.post("/", content=body)

    return asyncio.run(ask())


def test_accounts_are_written_down_by_every_name_they_go_by(tmp_path: Path) -> None:
    forgotten = Forgotten(tmp_path, bytes(32))
    endpoint = forgetting.endpoint(forgotten, lambda: 10.0)
    key = "sk-abcdefghijklmnopqrstuvwx0123456789"
    assert asked(endpoint, f'{{"accounts": ["ann", "{key}"]}}'.encode()).json() == {"accounts": 2}
    (wish,) = forgotten.wishes()
    assert {"ann", key} < set(wish.accounts)
    assert len(wish.accounts) == 3, "a key is kept under another name"


@pytest.mark.parametrize(
    "body", [b"", b"{}", b'{"accounts": []}', b'{"accounts": [""]}', b'{"accounts": "ann"}']
)
def test_what_names_nobody_is_refused(tmp_path: Path, body: bytes) -> None:
    forgotten = Forgotten(tmp_path, bytes(32))
    assert asked(forgetting.endpoint(forgotten, lambda: 10.0), body).status_code == 400
    assert forgotten.version() == 0
