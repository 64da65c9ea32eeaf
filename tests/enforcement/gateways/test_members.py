"""Every gateway keeps the contract, and the whole table of routes asks for a token."""

import asyncio
from pathlib import Path

import pytest

from excise.enforcement.gateways import gateway_kinds

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("name", gateway_kinds())
def test_it_has_a_page_and_runs_nothing_that_it_was_not_told_to(name, keeper):
    member = gateway_kinds()[name]()
    assert (DOCS / member.page).exists()

    async def run():
        async with member.beside(keeper.desk):
            pass

    asyncio.run(run())


def test_no_endpoint_is_open_and_no_two_have_one_path(keeper):
    found = [one for kind in gateway_kinds().values() for one in kind().endpoints(keeper.desk)]
    assert {one.scope for one in found} == {"decide"}
    assert len({one.path for one in found}) == len(found) >= 7
    for one in found:
        assert one.route().path == one.path
