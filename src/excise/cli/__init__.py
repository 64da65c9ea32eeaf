"""The command line: one file a verb. A file that holds ``command`` is a verb; its name is the verb's name.

Here are what runs them, and the kinds of values that options of more than one verb take.
"""

import gc
import getpass
import io
import math
import pkgutil
import sys
from collections.abc import Callable
from functools import reduce
from importlib import import_module
from pathlib import Path
from typing import Any, BinaryIO

import click

from excise import __version__
from excise.errors import ExciseError, NotInstalled

_HELP = """Find the accounts that, acting together, pull training data out of a language-model API.

\b
Start with:  excise demo
Then:        excise scan logs/*.jsonl.gz --accounts accounts.jsonl --out week41
"""


Command = Callable[..., Any]

SEED = click.IntRange(0, 2**31 - 1)
"""What the clustering and the generators of random numbers both take."""


class Place(click.ParamType[tuple[str, int]]):
    """A host and a port.

    >>> Place().convert("[::1]:8400", None, None)
    ('::1', 8400)
    """

    name = "HOST:PORT"

    def convert(
        self, value: str | tuple[str, int], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, int]:
        """Return the two.

        Raises:
            BadParameter: there are no two.
        """
        if isinstance(value, tuple):
            return value
        host, _, port = value.rpartition(":")
        if not host or not port.isdecimal() or int(port) > 65_535:
            self.fail(f"{value}: say a host and a port, such as 127.0.0.1:8400", param, ctx)
        return host.strip("[]"), int(port)


class Finite(click.FloatRange):
    """A number between two bounds that is a number: NaN is in no range, and click lets it through.

    >>> Finite(0, 1).convert("nan", None, None)
    Traceback (most recent call last):
    click.exceptions.BadParameter: nan is no finite number.
    """

    def convert(self, value: float | str, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Return the number.

        Raises:
            BadParameter: it is none, or lies outside the bounds.
        """
        number = float(super().convert(value, param, ctx))  # type: ignore[arg-type]
        if not math.isfinite(number):
            self.fail(f"{value} is no finite number.", param, ctx)
        return number


def stdin() -> BinaryIO | None:
    """Return standard input as bytes, None where the process was started without one."""
    return sys.stdin.buffer if sys.stdin is not None else None


def deployed(command: Command) -> Command:
    """Add the options that say which deployment a verb is about, and who speaks."""
    options = (
        click.option(
            "--data",
            type=click.Path(path_type=Path, file_okay=False),
            default="excise-data",
            show_default=True,
            envvar="EXCISE_DATA",
            help="The data folder of excise serve.",
        ),
        click.option(
            "--database", envvar="EXCISE_DATABASE", help="Where the state is.  [default: inside --data]"
        ),
        click.option(
            "--by", default=getpass.getuser, show_default="your login", help="Who does this, for the ledger."
        ),
    )
    return reduce(lambda made, option: option(made), reversed(options), command)


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


class Serving(Verbs):
    """The verbs of a deployment, which need the extra ``serve``."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a verb, or say what has to be installed for it."""
        try:
            return super().get_command(ctx, cmd_name)
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] in {"excise", ""}:
                raise
            raise NotInstalled(
                f"the package {error.name} is not installed; install it with: pip install 'excise[serve]'"
            ) from None


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
    # A terminal that cannot write a character is shown its code: a file's name may be of any bytes.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
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
    except ModuleNotFoundError as error:
        if (error.name or "excise").partition(".")[0] == "excise":
            raise
        click.echo(
            f"excise: the package {error.name} is not installed; "
            "install it with: pip install 'excise[serve]'",
            err=True,
        )
        sys.exit(2)
    except MemoryError:
        click.echo("excise: there is too little memory for this; what was read is kept", err=True)
        sys.exit(2)
    sys.exit(code if isinstance(code, int) else 0)
