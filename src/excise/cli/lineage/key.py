"""``excise lineage key``: make the key of a campaign's watermark."""

from pathlib import Path

import click

from excise.cli.lineage._running import FILE_THERE
from excise.countermeasures.campaign_key import KeyFile, Master
from excise.countermeasures.changes import watermark
from excise.errors import BadSetting


@click.command(name="key")
@click.argument("campaign")
@click.option("--tokenizer", type=FILE_THERE, required=True, help="tokenizer.json of the model that serves.")
@click.option("--watermark", "kind", default="tournament", show_default=True, help="How replies are marked.")
@click.option(
    "--setting", "settings", multiple=True, metavar="NAME=VALUE", help="A setting of the watermark."
)
@click.option("--secret-file", type=click.Path(path_type=Path), help="The master secret; made on first use.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The key file goes here."
)
def command(
    *,
    campaign: str,
    tokenizer: Path,
    kind: str,
    settings: tuple[str, ...],
    secret_file: Path | None,
    out: Path,
) -> None:
    """Make the key of a CAMPAIGN, for the model server to mark its replies with and `keys` to look for.

    It comes from a master secret: the same name gives the same key, and a lost file can be made again. A key
    of its own for each campaign tells whose harvest a suspect learned from.
    """
    said = {}
    for text in settings:
        name, equals, value = text.partition("=")
        if not equals:
            raise BadSetting(f"--setting {text}: say NAME=VALUE")
        said[name.strip()] = value.strip()
    mark = watermark(kind, said)
    key = Master.open(secret_file).campaign(campaign)
    KeyFile.of(key, countermeasure=kind, settings=mark.settings, tokenizer=tokenizer).write(out)
    click.echo(f"{out}: key {key.id} of {campaign}, {kind}")
