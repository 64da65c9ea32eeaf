"""The command line: one file a verb. A file that holds ``command`` is a verb; its name is the verb's name."""

import gc
import pkgutil
import sys
from importlib import import_module
from typing import Any

import click

from excise import __version__
from excise.errors import ExciseError

_HELP = """Find the accounts that, acting together, pull training data out of a language-model API.

\b
Start with:  excise demo
Then:        excise scan logs/*.jsonl.gz --accounts accounts.jsonl --out week41
"""


class Verbs(click.Group):
    """The verbs of a folder; each is imported when it is called, so that help is quick.

    Args:
        package: the folder; a file ``draw_twins`` in it is the verb ``draw-twins``.
        attributes: as for any group of Click.
    """

    def __init__(self, *, package: str = __name__, **attributes: Any) -> None:  # noqa: ANN401 - as Click has it
        super().__init__(**attributes)
        self._package = package

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - the verbs are the same always
        """Return the names of the verbs."""
        files = pkgutil.iter_modules(import_module(self._package).__path__)
        return sorted(info.name.replace("_", "-") for info in files if not info.name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a verb."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command = import_module(f"{self._package}.{cmd_name.replace('-', '_')}").command
        return command if isinstance(command, click.Command) else None


@click.command(
    cls=Verbs, help=_HELP, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, prog_name="excise")
def verbs() -> None:
    """Run a verb."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line.

    It leaves with 0 when done, 1 where ``--fail-on-campaigns`` asks for it, 2 on an error, 130 interrupted.
    """
    # What the imports made lives to the end of the command: it need not be looked through for garbage.
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)
    try:
        code = verbs.main(args=arguments, prog_name="excise", standalone_mode=False)
    except click.exceptions.Abort:
        click.echo("interrupted; what was read is kept, and the same command goes on from there", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except (ExciseError, OSError) as error:
        click.echo(f"excise: {error}", err=True)
        sys.exit(2)
    sys.exit(code if isinstance(code, int) else 0)
