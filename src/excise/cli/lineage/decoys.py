"""``excise lineage decoys``: list what was planted, each with others that could have been."""

from pathlib import Path
from typing import Protocol, runtime_checkable

import click
import msgspec

from excise.cli.lineage._running import FILE_THERE, replies
from excise.countermeasures.campaign_key import CampaignKey, Master
from excise.countermeasures.changes import change
from excise.errors import BadSetting, BadTable


@runtime_checkable
class Planting(Protocol):
    """A countermeasure that plants a sentence, and can say which others it might have been."""

    def sentence(self, key: CampaignKey, reply: str, draw: int = 0) -> str:
        """Return the sentence of a reply; ``draw`` above 0 gives those that were never served."""


@click.command(name="decoys")
@click.argument("campaign")
@click.option(
    "--served", type=FILE_THERE, required=True, help="Replies that were served with canaries, as JSON lines."
)
@click.option("--canary", "kind", default="canary", show_default=True, help="What planted them.")
@click.option(
    "--decoys",
    "count",
    type=click.IntRange(1, 10_000),
    default=15,
    show_default=True,
    help="For each canary.",
)
@click.option("--secret-file", type=click.Path(path_type=Path), help="The master secret.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="The list goes here."
)
def command(
    *, campaign: str, served: Path, kind: str, count: int, secret_file: Path | None, out: Path
) -> None:
    """List the canaries of a CAMPAIGN that stand in what was served, each with its decoys, for `canary`.

    Canaries are drawn by the campaign's key and the reply's id. A decoy is drawn the same way and was never
    served: keep the list secret.
    """
    plants = change(kind)
    if not isinstance(plants, Planting):
        raise BadSetting(f"{kind} plants no canaries; name a countermeasure that does")
    ours, _ = replies("served", served)
    key = Master.open(secret_file).campaign(campaign)
    lines = []
    found = 0
    for one in ours:
        planted = plants.sentence(key, one.id)
        if not one.id or planted not in one.reply:
            continue
        found += 1
        for draw in range(count + 1):
            text = one.reply.replace(planted, plants.sentence(key, one.id, draw))
            record = {"id": one.id, "messages": one.messages, "reply": text, "draw": draw}
            lines.append(msgspec.json.encode(record) + b"\n")
    if not found:
        raise BadTable(
            f"{served}: no reply holds the canary of its id under the key of {campaign}; is it the campaign "
            "and the master secret that they were planted with?"
        )
    out.write_bytes(b"".join(lines))
    click.echo(f"{found:,} canaries of {len(ours):,} replies, {count:,} decoys each: {out}")
