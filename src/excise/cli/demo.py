"""``excise demo``: compose a population with campaigns in it, scan it, show the result."""

import gzip
import json
import shutil
from pathlib import Path

import click
import msgspec
from rich.console import Console

from excise.cli import SEED, Place
from excise.console.serving import prepare, second_person
from excise.observation.secret import Keyring
from excise.proving_ground.compose import compose
from excise.proving_ground.draw import demo
from excise.proving_ground.member import Truth
from excise.proving_ground.score import Verdict, read_rows, score
from excise.report.progress import Bar, now_s
from excise.report.terminal import tell
from excise.scan import Logs, deliver, scan
from excise.service.starting import Asked
from excise.store.store import Store


@click.command(name="demo")
@click.option(
    "--out", type=click.Path(path_type=Path), default="excise-demo", show_default=True, help="Goes here."
)
@click.option(
    "--content",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="A folder with real words (exchanges.parquet) to use in place of made ones.",
)
@click.option("--seed", default=0, type=SEED, show_default=True, help="Of the clustering.")
@click.option(
    "--serve", "serving", is_flag=True, help="Serve the population as if it were live, until Ctrl+C."
)
@click.option(
    "--listen", type=Place(), default="127.0.0.1:8400", show_default=True, help="Where --serve listens."
)
def command(*, out: Path, content: Path | None, seed: int, serving: bool, listen: tuple[str, int]) -> int:
    """Compose honest customers and campaigns, scan their log, and show what was found beside the truth.

    Everything is made up: accounts, addresses, words. The truth is written beside the log, and the scan does
    not see it.
    """
    moment_s = now_s()
    if serving:
        serve_demo(out, content, moment_s, listen)
        return 0
    click.echo(f"Composing a provider's log in {out}/log ...", err=True)
    composed = compose(demo(), out / "log", content)
    log = out / "log"
    # Nothing in it is anybody's: a secret of zeros protects nothing, and shows everyone the same.
    keyring = Keyring.open(out / "secret.toml", now_s=moment_s, made_of=bytes)
    with Store.open(out / "scan" / "store", keyring) as store, Bar() as bar:
        outcome = scan(
            store,
            keyring,
            Logs(
                paths=(str(log / "log.litellm.jsonl.gz"),),
                accounts=(log / "accounts.jsonl",),
                networks=(log / "asn.csv",),
                releases=(log / "releases.json",),
            ),
            now_s=moment_s,
            seed=seed,
            title="Demo",
            watcher=bar,
        )
        paths = deliver(store, outcome, out / "scan", bar.rejects)
    tell(outcome.findings, Console(highlight=False))
    truth, verdicts = read_rows(log / "truth.jsonl", Truth), read_rows(paths[0], Verdict)
    said = score(truth, verdicts, [0.001]).verdicts
    assert said is not None, "a scan says a verdict on every account"
    click.echo(
        f"\nAgainst the truth: {composed.harvesting} of {composed.accounts} accounts harvest; "
        f"{said.accused} were named, {said.recall.value:.0%} of the harvesters among them, "
        f"{said.precision.value:.0%} of the named rightly."
    )
    click.echo(f"Open the report: {paths[-1]}")
    return 0


def serve_demo(out: Path, content: Path | None, moment_s: float, listen: tuple[str, int]) -> None:
    """Serve the demo's population: its last day was today, and its log is what a gateway sent."""
    world = demo()
    world = msgspec.structs.replace(world, start_s=moment_s - 86_400.0 * world.days)
    log = out / "live"
    click.echo(f"Composing a provider's log in {log} ...", err=True)
    composed = compose(world, log, content)
    data = out / "data"
    data.mkdir(parents=True, exist_ok=True)
    settings = out / "settings.toml"
    settings.write_text(
        "[known]\n"
        f"accounts = [{json.dumps(str(log / 'accounts.jsonl'))}]\n"
        f"networks = [{json.dumps(str(log / 'asn.csv'))}]\n"
        f"releases = [{json.dumps(str(log / 'releases.json'))}]\n"
        "[[tail]]\n"
        f"path = {json.dumps(str(log / 'log.jsonl'))}\n"
        'format = "litellm"\n',
        encoding="utf-8",
    )
    with gzip.open(log / "log.litellm.jsonl.gz") as packed, (log / "log.jsonl").open("wb") as plain:
        shutil.copyfileobj(packed, plain)
    click.echo(
        f"{composed.harvesting} of {composed.accounts} accounts harvest; cases open within a minute.",
        err=True,
    )
    prepared = second_person(
        prepare(Asked(data=data, settings_file=settings, host=listen[0], port=listen[1]))
    )
    for line in prepared.told:
        click.echo(line)
    click.echo(f"Open http://{listen[0]}:{listen[1]}/ and sign in as admin.")
    prepared.service.run()
