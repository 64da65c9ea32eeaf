"""Writes the pages that are made from the code: ``python docs/generate.py``. A test says when they are stale.

Made are ``fields.md`` (what is kept of an exchange), ``members.md`` (the members of each open folder),
``commands.md`` (the command line's own help), ``measured.md`` (what is in ``docs/measured``), and
``detection-measured.md`` and ``lineage-measured.md`` (what the trials measured, with pictures).
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import click
import msgspec

from excise.behavior.features import Feature
from excise.cli import verbs
from excise.countermeasures.changes import Countermeasure
from excise.detection.detectors import Detector
from excise.enforcement.gateways import Gateway
from excise.ingest.formats import Format
from excise.lineage.methods import Method
from excise.lineage.suspects import Suspect
from excise.linking.ties import Tie
from excise.observation.schema import FIELDS
from excise.open_folder import members
from excise.proving_ground.peers import Peer
from excise.proving_ground.populations import Honest, Tactic
from excise.proving_ground.students.attacks import Attack
from excise.proving_ground.students.controls import Control
from excise.proving_ground.students.summary import Figures
from excise.proving_ground.students.telling import tell
from excise.proving_ground.telling import TOLD, tell_detection
from excise.proving_ground.trials import Trial
from excise.report.figures import Figure
from excise.store.engines import Engine

DOCS = Path(__file__).parent
MADE = "<!-- Made by docs/generate.py; do not edit. -->"


class Open(NamedTuple):
    """An open folder: where it is, what its members are, and which of their facts a listing shows."""

    folder: str
    contract: type
    what: str
    facts: tuple[str, ...] = ()
    page: str | None = None


OPEN = (
    Open("ingest.formats", Format, "Log formats", ("account_field",), "add/format.md"),
    Open("store.engines", Engine, "Engines that questions are put to"),
    Open("linking.ties", Tie, "Ties between accounts", ("block",), "add/tie.md"),
    Open("behavior.features", Feature, "Features of actors", ("unit",), "add/feature.md"),
    Open("detection.detectors", Detector, "Detectors", ("cause",), "add/detector.md"),
    Open("report.figures", Figure, "Figures of the report", ("title",)),
    Open(
        "countermeasures.changes",
        Countermeasure,
        "Countermeasures",
        ("customer_sees",),
        "add/countermeasure.md",
    ),
    Open("enforcement.gateways", Gateway, "Gateways", ("page",), "add/gateway.md"),
    Open("lineage.methods", Method, "Tests of lineage", ("statistic",), "add/method.md"),
    Open("lineage.suspects", Suspect, "Ways to ask a suspect", ("scheme",), "add/suspect.md"),
    Open("proving_ground.populations.honest", Honest, "Honest kinds of customers in composed worlds"),
    Open("proving_ground.populations.tactics", Tactic, "Ways to harvest in composed worlds"),
    Open("proving_ground.peers", Peer, "Methods of others that trials compare with", ("source",)),
    Open("proving_ground.students.controls", Control, "Innocent students in the trial of lineage"),
    Open(
        "proving_ground.students.attacks",
        Attack,
        "Attacks on evidence in the trial of lineage",
        ("strength",),
    ),
    Open("proving_ground.trials", Trial, "Trials", ("file",)),
)


def row(*cells: object) -> str:
    """Return one row of a table; what could end a cell is escaped."""
    texts = (" ".join(str(cell).split()).replace("|", "\\|").replace("<", "&lt;") for cell in cells)
    return f"| {' | '.join(texts)} |"


def table(head: tuple[str, ...], rows: Iterator[tuple[object, ...]]) -> str:
    """Return a table."""
    return "\n".join([row(*head), row(*["---"] * len(head)), *(row(*cells) for cells in rows)])


def fields() -> str:
    """Return the page of what is kept of an exchange."""
    rows = ((f"`{f.name}`", f.type, f.meaning or "as the caller asked", f.reveals) for f in FIELDS)
    return f"""# What is kept of an exchange

{MADE}

One row an exchange, in Parquet. *Anyone* is whoever reads the store; *key holder* is whoever also has the
deployment secret, and can therefore test a guess ("was this very sentence sent?") but still not read words
back. See [what is kept, and what it reveals](privacy.md).

{table(("field", "type", "meaning", "what it reveals, to whom"), rows)}
"""


def listing() -> str:
    """Return the page of all members."""
    parts = []
    for one in OPEN:
        found = members(f"excise.{one.folder}", one.contract)
        rows = (
            (f"`{name}`", *(getattr(kind, fact) for fact in one.facts), first_line(kind))
            for name, kind in found.items()
        )
        heads = ("name", *(fact.replace("_", " ") for fact in one.facts), "what it is")
        add = f" [Add one]({one.page})." if one.page else ""
        count = f"{len(found)} member{'s' if len(found) > 1 else ''}"
        where = f"`src/excise/{one.folder.replace('.', '/')}`: {count}.{add}"
        parts.append(f"## {one.what}\n\n{where}\n\n{table(heads, rows)}\n")
    intro = (
        "An open folder holds a contract and one file a member; the file's name is the member's name on the "
        "command line, in settings, in stored rows and here. There is no list to edit: the folder is read."
    )
    return f"# Members\n\n{MADE}\n\n{intro}\n\n" + "\n".join(parts)


def first_line(kind: type) -> str:
    """Return what a member says it is."""
    return (kind.__doc__ or "").strip().split("\n\n")[0].replace("``", "`")


def commands() -> str:
    """Return the page of the command line: each verb's own help."""
    settings = {**verbs.context_settings, "terminal_width": 100}
    context = click.Context(verbs, info_name="excise", **settings)
    parts = [f"```text\n{verbs.get_help(context)}\n```\n"]
    for name in verbs.list_commands(context):
        command = verbs.get_command(context, name)
        if command is not None:
            parts += described(command, name, context)
    return f"# The command line\n\n{MADE}\n\n" + "\n".join(parts)


def described(command: click.Command, name: str, parent: click.Context) -> Iterator[str]:
    """Yield a verb's own help, and that of the verbs below it."""
    context = click.Context(command, parent=parent, info_name=name, terminal_width=100)
    yield f"## {context.command_path}\n\n```text\n{command.get_help(context)}\n```\n"
    if isinstance(command, click.Group) and name != "protocol":  # what it freezes is told already
        for below in command.list_commands(context):
            found = command.get_command(context, below)
            if found is not None:
                yield from described(found, below, context)


def measured() -> str:
    """Return the page of what was measured: each file as it is."""
    parts = []
    for path in sorted((DOCS / "measured").glob("*.json")):
        parts.append(f"## {path.stem.replace('_', ' ').capitalize()}\n\n`docs/measured/{path.name}`\n")
        page = "lineage-measured.md" if path.stem == "lineage" else "detection-measured.md"
        if path.stem in {"lineage", *TOLD}:
            parts.append(f"It is told on [a page with pictures]({page}).\n")
            continue
        parts += record(json.loads(path.read_text(encoding="utf-8")))
    return (
        f"# Measured\n\n{MADE}\n\nEach number was written by the program that measured it (`make bench`, "
        "`excise prove`), with how many, on which seed and when.\n\n" + "\n".join(parts)
    )


def lineage_measured() -> str:
    """Return the page of what the trial of lineage measured."""
    figures = msgspec.json.decode((DOCS / "measured" / "lineage.json").read_bytes(), type=Figures)
    return f"# Lineage, measured\n\n{MADE}\n\n{tell(figures)}"


def detection_measured() -> str:
    """Return the page of what the trials of detection measured."""
    return f"# Detection, measured\n\n{MADE}\n\n{tell_detection(DOCS / 'measured')}"


def record(content: dict[str, object], place: str = "") -> Iterator[str]:
    """Yield a record as tables: its plain values in one, each list of records in another."""
    plain = {k: v for k, v in content.items() if not isinstance(v, (dict, list))}
    if plain:
        yield (
            (f"**{place}**\n\n" if place else "")
            + table(("what", "value"), ((k.replace("_", " "), number(v)) for k, v in plain.items()))
            + "\n"
        )
    for name, value in content.items():
        where = (f"{place}, {name}" if place else name).replace("_", " ")
        records = named(value)
        if records:
            heads = tuple(dict.fromkeys(key for one in records for key in one))
            rows = (tuple(number(one.get(key, "")) for key in heads) for one in records)
            yield f"**{where}**\n\n{table(tuple(h.replace('_', ' ') for h in heads), rows)}\n"
        elif isinstance(value, dict):
            yield from record(value, where)
        elif isinstance(value, list):
            yield f"**{where}**: {', '.join(number(one) for one in value)}\n"


def named(value: object) -> list[dict[str, object]]:
    """Return a list of records, or records by name, as a list; nothing where it is neither."""
    if isinstance(value, list) and all(isinstance(one, dict) for one in value):
        return value
    if isinstance(value, dict) and value and all(isinstance(one, dict) for one in value.values()):
        return [{"name": name, **one} for name, one in value.items()]
    return []


def number(value: object) -> str:
    """Return a value as a reader likes it."""
    if isinstance(value, bool) or value is None:
        return {True: "yes", False: "no", None: "-"}[value]
    if isinstance(value, int) and abs(value) >= 10_000:
        return f"{value:,}"
    if isinstance(value, dict):
        return ", ".join(f"{key.replace('_', ' ')} {number(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(number(one) for one in value)
    return str(value)


PAGES = {
    "fields.md": fields,
    "members.md": listing,
    "commands.md": commands,
    "measured.md": measured,
    "detection-measured.md": detection_measured,
}
if (DOCS / "measured" / "lineage.json").exists():  # it takes a core half an hour and more to measure
    PAGES["lineage-measured.md"] = lineage_measured


def main() -> None:
    """Write the pages that changed."""
    for name, page in PAGES.items():
        path = DOCS / name
        text = page()
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
