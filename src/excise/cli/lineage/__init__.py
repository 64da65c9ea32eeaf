"""``excise lineage``: was that model trained on what we served? One file a verb, as in the folder above."""

import click

from excise.cli import Verbs
from excise.errors import BadSetting

_EXTRA = frozenset(
    {"cryptography", "httpx", "rfc3161_client", "rfc8785", "tokenizers", "torch", "transformers"}
)


class Tests(Verbs):
    """The verbs of lineage, which need more packages than the rest of Excise."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a verb, or say what has to be installed for it."""
        try:
            return super().get_command(ctx, cmd_name)
        except ModuleNotFoundError as error:
            if (error.name or "").partition(".")[0] not in _EXTRA:
                raise
            raise BadSetting(
                f"excise lineage needs {error.name}, which is not there; say: pip install 'excise[lineage]'"
            ) from None


@click.command(
    cls=Tests,
    package=__name__,
    name="lineage",
    help="""Was that model trained on what we served? Evidence in bits, and a folder that others can check.

\b
Draw twins:  excise lineage draw-twins --served served.jsonl --teacher openai:URL#MODEL --out twins.jsonl
Test:        excise lineage twins --served served.jsonl --twins twins.jsonl --suspect hf:FOLDER --out one
Check:       excise lineage verify one
""",
)
def command() -> None:
    """Run a verb of lineage."""
