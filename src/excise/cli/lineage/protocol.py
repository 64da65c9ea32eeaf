"""``excise lineage protocol``: freeze what will be asked, of whom and until when, and ask nobody yet."""

import copy
from functools import partial

import click

from excise.cli import Verbs

_TESTS = ("canary", "keys", "kinship", "twins")


class Frozen(Verbs):
    """The tests, each ending when its protocol is written."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the tests are the same always
        """Return the names of the tests."""
        return list(_TESTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a test that only freezes."""
        test = super().get_command(ctx, cmd_name)
        if test is None or test.callback is None:
            return None
        frozen = copy.copy(test)
        frozen.callback = partial(test.callback, only_freeze=True)
        frozen.help = f"Freeze the protocol of this test. {test.help}"
        return frozen


@click.command(cls=Frozen, package="excise.cli.lineage", name="protocol")
def command() -> None:
    """Write and hash a protocol before anyone is asked; the same test with the same --out then runs it.

    It prints the protocol's hash: give it to somebody who will remember when they got it. With --tsa, an
    authority stamps it.
    """
