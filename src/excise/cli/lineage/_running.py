"""What all tests of lineage have in common on the command line: whom to ask, until when, where to write."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import reduce
from pathlib import Path
from typing import Any, NamedTuple

import click

from excise import __version__
from excise.cli.lineage._bar import Bar
from excise.errors import BadSetting
from excise.lineage.conducting import PLAIN_PAGE, Sealing, as_before, conduct, freeze
from excise.lineage.finding import Finding
from excise.lineage.methods import Given, Method
from excise.lineage.opening import open_suspect
from excise.lineage.planning import Asking, Plan, Rule, plan
from excise.lineage.protocol import FILE, Input
from excise.lineage.replies import Prompt, Reject, Reply, read_prompts, read_replies
from excise.lineage.suspects import Suspect, Terms
from excise.lineage.wording import answer
from excise.observation.signing import Signer
from excise.open_folder import member
from excise.report import quantities
from excise.report.legible import legible
from excise.report.progress import now_s

FILE_THERE = click.Path(path_type=Path, exists=True, dir_okay=False)
_MOST_SHOWN = 5
_USUAL = Terms()

_ASKED = (
    click.option(
        "--timeout-s",
        default=_USUAL.timeout_s,
        show_default=True,
        help="For one question, before it is asked again.",
    ),
    click.option("--tries", default=_USUAL.tries, show_default=True, help="For one question."),
    click.option(
        "--at-once",
        default=_USUAL.at_once,
        show_default=True,
        help="Questions on their way at the same time.",
    ),
    click.option(
        "--way",
        default="",
        help="How an endpoint is asked; found out with up to five tiny questions by default.",
    ),
    click.option(
        "--key-variable",
        default=_USUAL.key_variable,
        show_default=True,
        help="Environment variable that holds the endpoint's key.",
    ),
    click.option("--device", default=_USUAL.device, show_default=True, help="Where local weights go."),
)

_RUN = (
    click.option(
        "--suspect",
        required=True,
        help="Who is asked: hf:FOLDER, openai:BASE_URL#MODEL or file:ANSWERS.jsonl.",
    ),
    click.option(
        "--control", "controls", multiple=True, help="A model that cannot have seen the served replies."
    ),
    click.option(
        "--reference", "references", multiple=True, help="A model that saw neither, to weigh the suspect by."
    ),
    click.option(
        "--setting", "settings", multiple=True, metavar="NAME=VALUE", help="A setting of the method."
    ),
    click.option(
        "--no-placebo", is_flag=True, help="Do not ask the suspect about texts that nobody was served."
    ),
    click.option(
        "--stop-at-bits", default=40.0, show_default=True, help="The run ends at this much evidence."
    ),
    click.option(
        "--budget",
        type=click.IntRange(1),
        default=20_000,
        show_default=True,
        help="Questions to each model at most.",
    ),
    click.option(
        "--seed",
        type=click.IntRange(0, 2**53 - 1),
        default=0,
        show_default=True,
        help="Of the order, and of everything that is drawn.",
    ),
    click.option(
        "--out",
        type=click.Path(path_type=Path, file_okay=False),
        required=True,
        help="The finding goes here.",
    ),
    click.option(
        "--signing-key", type=click.Path(path_type=Path), help="Ed25519 key in PEM; made on first use."
    ),
    click.option("--tsa", envvar="EXCISE_TSA", help="Address of a time-stamping authority (RFC 3161)."),
    *_ASKED,
)

Command = Callable[..., Any]


def asked(command: Command) -> Command:
    """Add the options that say how a model is asked."""
    return _with(command, _ASKED)


def running(command: Command) -> Command:
    """Add the options of a run."""
    return _with(command, _RUN)


def _with(command: Command, options: tuple[Callable[[Command], Command], ...]) -> Command:
    return reduce(lambda made, option: option(made), reversed(options), command)


class Read(NamedTuple):
    """What a command read for a method, and the files that it came from."""

    given: Given
    inputs: tuple[Input, ...]


class Options(NamedTuple):
    """The options that all tests have; ``only_freeze`` ends after the protocol."""

    suspect: str
    controls: tuple[str, ...]
    references: tuple[str, ...]
    settings: tuple[str, ...]
    no_placebo: bool
    stop_at_bits: float
    budget: int
    seed: int
    out: Path
    signing_key: Path | None
    tsa: str | None
    timeout_s: float
    tries: int
    at_once: int
    way: str
    key_variable: str
    device: str
    only_freeze: bool = False

    @property
    def terms(self) -> Terms:
        """How models are asked."""
        return Terms(
            timeout_s=self.timeout_s,
            tries=self.tries,
            at_once=self.at_once,
            way=self.way,
            key_variable=self.key_variable,
            device=self.device,
        )


def carry_out(name: str | Callable[[Suspect], str], read: Read, options: Options) -> None:
    """Run a method on what was read, or only freeze its protocol, and tell what came out.

    ``name`` is the method, or chooses one when it is known what the suspect lets one see.
    """
    with ExitStack() as held:
        asking = as_before(_open(options, held), options.out)
        chosen = name if isinstance(name, str) else name(asking.suspect)
        ready = freeze(_plan(chosen, read, asking, options), options.out, options.tsa)
        for one in ready.cautions:
            click.echo(f"caution: {one.name}: {legible(one.text, 600)}", err=True)
        if options.only_freeze:
            click.echo(f"{ready.protocol.sha256}  {options.out / FILE}")
            return
        signer = Signer.open(options.signing_key)
        with Bar(ready.protocol.stop_at_bits) as bar:
            finding = conduct(
                ready, asking, options.out, Sealing(signer, options.tsa), clock_s=now_s, told=bar
            )
    _tell(finding, options.out, signer)


def method_of(name: str, settings: Sequence[str]) -> Method:
    """Return a method with the settings that the command line gives it, each ``NAME=VALUE``."""
    said = []
    for text in settings:
        key, equals, value = text.partition("=")
        if not equals:
            raise BadSetting(f"--setting {text}: say NAME=VALUE")
        said.append((key.strip(), value.strip()))
    return member("excise.lineage.methods", Method, name).from_settings(said)  # type: ignore[type-abstract]


def set_aside(path: Path, rejects: tuple[Reject, ...]) -> None:
    """Say which rows of a file could not be read."""
    for one in rejects[:_MOST_SHOWN]:
        click.echo(f"{path}:{one.row}: set aside: {legible(one.why, 300)}", err=True)
    if len(rejects) > _MOST_SHOWN:
        click.echo(f"{path}: {len(rejects) - _MOST_SHOWN:,} more rows were set aside", err=True)


def replies(role: str, path: Path) -> tuple[tuple[Reply, ...], Input]:
    """Read a file of replies, say what of it could not be read, and describe it for the protocol."""
    found, rejects = read_replies(path)
    set_aside(path, rejects)
    return found, Input.of(role, path, len(found))


def prompts(path: Path) -> tuple[tuple[Prompt, ...], Input]:
    """Read a file of prompts, as ``replies`` does."""
    found, rejects = read_prompts(path)
    set_aside(path, rejects)
    return found, Input.of("prompts", path, len(found))


def _open(options: Options, held: ExitStack) -> Asking:
    asking = Asking(
        open_suspect(options.suspect, options.terms),
        tuple(open_suspect(name, options.terms) for name in options.controls),
        tuple(open_suspect(name, options.terms) for name in options.references),
    )
    for _, model in asking.each():
        held.callback(model.close)
    return asking


def _plan(name: str, read: Read, asking: Asking, options: Options) -> Plan:
    return plan(
        name,
        method_of(name, options.settings),
        read.given,
        read.inputs,
        asking=asking,
        rule=Rule(stop_at_bits=options.stop_at_bits, budget=options.budget, seed=options.seed),
        version=__version__,
        now_s=now_s(),
        without_placebo=options.no_placebo,
    )


def _tell(finding: Finding, folder: Path, signer: Signer) -> None:
    for one in finding.outcomes:
        bits = "no bits: a lead" if one.bits is None else f"{quantities.bits(one.bits)} bits"
        click.echo(f"{one.role:8}  {bits:>15}  {one.asked:>7,} questions  {legible(one.name, 80)}")
        for measure in one.measures if one.role == "suspect" else ():
            value = "-" if measure.value is None else f"{measure.value:.4g}"
            click.echo(f"          {value:>15}  {legible(measure.text, 200)}")
        for gap in one.gaps:
            rows = legible(", ".join(gap.rows), 200)
            click.echo(
                f"{one.role}: {gap.questions:,} questions without an answer (first: {rows}): "
                f"{legible(gap.why, 300)}",
                err=True,
            )
    for caution in finding.cautions:
        click.echo(f"caution: {caution.name}: {legible(caution.text, 600)}", err=True)
    click.echo(answer(finding))
    click.echo(
        f"{folder / PLAIN_PAGE} (protocol {finding.protocol_sha256[:16]}, signed by {signer.public_key[:16]})"
    )
