"""A test from the plan to the signed folder: freeze, ask, conclude, write, sign."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from excise.errors import BadSetting
from excise.lineage import finding as findings
from excise.lineage import manifest, page, protocol, timestamps
from excise.lineage.asking import Moment, run
from excise.lineage.finding import Finding
from excise.lineage.journal import Journal
from excise.lineage.planning import Asking, Plan
from excise.lineage.suspects import Suspect
from excise.lineage.verifying import PROTOCOL_STAMP
from excise.observation.canonical import canonical
from excise.observation.signing import Signer

PLAIN_PAGE, TECHNICAL_PAGE = "finding.html", "technical.html"


class Sealing(NamedTuple):
    """Who signs, and the address of the time-stamping authority, None where there is none."""

    signer: Signer
    tsa: str | None = None


def as_before(asking: Asking, folder: Path) -> Asking:
    """Ask each model the way that an earlier protocol in the folder says, without finding out again."""
    path = folder / protocol.FILE
    if path.exists():
        ways = {model.name: model.way for model in protocol.read(path).models if model.way}
        for _, model in asking.each():
            _go(model, ways)
    return asking


def freeze(plan: Plan, folder: Path, tsa: str | None = None) -> Plan:
    """Write the protocol, or take up the one that is there; have a new one time-stamped.

    Raises:
        BadSetting: the folder holds a protocol that says something else, or a finding that is done.
        NoTimestamp: the authority gave no stamp.
    """
    if (folder / manifest.SIGNATURE).exists():
        raise BadSetting(f"{folder} holds a finding that is done and signed; take another --out")
    held = protocol.freeze(plan.protocol, folder)
    stamp = folder / PROTOCOL_STAMP
    if tsa is not None and not stamp.exists() and not (folder / findings.QUERIES).exists():
        stamp.write_bytes(timestamps.stamp(canonical(held), tsa))
    return plan._replace(protocol=held)


def conduct(
    plan: Plan,
    asking: Asking,
    folder: Path,
    sealing: Sealing,
    *,
    clock_s: Callable[[], float],
    told: Callable[[Moment], None] = lambda _: None,
) -> Finding:
    """Run a plan whose protocol is frozen, and leave a signed finding in the folder.

    Killed at any moment, the same call goes on from there, and pays for no answer twice.

    Raises:
        SuspectSilent: a model does not answer any more.
        BadTable: the journal in the folder is another protocol's.
        NoTimestamp: the authority gave no stamp; the rest is done, and the same call tries it again.
    """
    with Journal(folder / findings.QUERIES, plan.protocol.sha256, clock_s) as journal:
        done = run(plan, asking, journal, told)
    ended_s = clock_s()
    finding = findings.conclude(plan, done, now_s=ended_s)
    findings.write(folder, plan, done, finding)
    steps = findings.steps_table(plan, done)
    (folder / PLAIN_PAGE).write_text(page.plain(finding, plan.protocol, steps), "utf-8")
    (folder / TECHNICAL_PAGE).write_text(page.technical(finding, plan.protocol, steps), "utf-8")
    manifest.seal(
        folder,
        protocol_sha256=plan.protocol.sha256,
        signer=sealing.signer,
        now_s=ended_s,
        version=plan.protocol.version,
        tsa=sealing.tsa,
    )
    return finding


def _go(model: Suspect, ways: dict[str, str]) -> None:
    if model.name in ways:
        model.go_this_way(ways[model.name])
