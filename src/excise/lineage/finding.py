"""The finding: the folder that comes out of a run, for those who were not there.

protocol.json     what was fixed before anyone looked (protocol.tsr: its time stamp)
queries.jsonl     every question and answer, as they came
queries.parquet   every step: its score, and the bits after it, of the suspect and of each control
finding.json      the result, with what it does not prove
finding.html      the page in plain words
technical.html    the page with everything
manifest.json     the sums of all of these (manifest.tsr: its time stamp), and signature.json
"""

import math
from itertools import accumulate
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from msgspec import Struct

from excise.lineage.asking import Course, Ended, Gap, Role, Run
from excise.lineage.planning import Plan
from excise.lineage.validity import Caution
from excise.observation.canonical import canonical

FILE, STEPS, QUERIES = "finding.json", "queries.parquet", "queries.jsonl"

SUSPICIOUS_BITS = 7.0
"""A control that reaches this (one in 128) says that something is wrong with the test itself."""

_MOST_UNANSWERED = 0.1


class Measure(Struct, frozen=True, kw_only=True):
    """Something else that was measured; ``value`` is None where it came out as no number."""

    name: str
    value: float | None
    text: str


class Outcome(Struct, frozen=True, kw_only=True):
    """What came out of asking one model.

    Attributes:
        role: the ``suspect``, a ``control``, or ``placebo``: the suspect asked about what nobody was served.
        name: the model.
        bits: the evidence; None from a method that gives leads.
        steps: how many steps were read.
        counted: how many of them counted.
        asked: questions put to it.
        gaps: those of these that got no answer that could be believed, by reason.
        measures: what else was measured.
    """

    role: Role
    name: str
    bits: float | None
    steps: int
    counted: int
    asked: int
    gaps: tuple[Gap, ...]
    measures: tuple[Measure, ...]


class Finding(Struct, frozen=True, kw_only=True):
    """The result of a run under a protocol.

    Attributes:
        protocol_sha256: the protocol's hash.
        method: the test.
        hypothesis: what the evidence is for.
        null: what it is weighed against; "" for a lead.
        bits: the evidence about the suspect; None for a lead.
        ended: why the run ended: enough ``bits``, ``budget`` spent, or all ``asked``.
        outcomes: the suspect first, then the controls.
        cautions: what a reader has to know before relying on it.
        assumes: what the test takes for granted.
        does_not_prove: what does not follow.
        frozen_at_s: when the protocol was frozen, epoch seconds.
        ended_at_s: when the run ended, epoch seconds.
        version: of Excise.
    """

    protocol_sha256: str
    method: str
    hypothesis: str
    null: str
    bits: float | None
    ended: Ended
    outcomes: tuple[Outcome, ...]
    cautions: tuple[Caution, ...]
    assumes: tuple[str, ...]
    does_not_prove: tuple[str, ...]
    frozen_at_s: float
    ended_at_s: float
    version: str
    kind: str = "excise-lineage-finding-1"

    @property
    def suspect(self) -> Outcome:
        """What came out about the suspect."""
        return self.outcomes[0]

    @property
    def controls(self) -> tuple[Outcome, ...]:
        """What came out about the controls."""
        return self.outcomes[1:]


def conclude(plan: Plan, run: Run, *, now_s: float) -> Finding:
    """Say what came out of a run."""
    outcomes = tuple(_outcome(course) for course in run.courses)
    return Finding(
        protocol_sha256=plan.protocol.sha256,
        method=plan.protocol.method,
        hypothesis=plan.protocol.hypothesis,
        null=plan.protocol.null,
        bits=outcomes[0].bits,
        ended=run.ended,
        outcomes=outcomes,
        cautions=(*plan.cautions, *_cautions(outcomes, plan.protocol.null)),
        assumes=plan.method.assumes,
        does_not_prove=plan.method.does_not_prove,
        frozen_at_s=plan.protocol.frozen_at_s,
        ended_at_s=now_s,
        version=plan.protocol.version,
    )


def write(folder: Path, plan: Plan, run: Run, finding: Finding) -> None:
    """Write the tables of a finding into its folder."""
    (folder / FILE).write_bytes(canonical(finding))
    pq.write_table(steps_table(plan, run), folder / STEPS, compression="zstd")


def steps_table(plan: Plan, run: Run) -> pa.Table:
    """Return one row a step: whose, what about, the questions so far, its score and the bits after it."""
    rows = []
    for course in run.courses:
        steps = plan.placebo_steps if course.role == "placebo" else plan.steps
        asked = accumulate(len(step.questions) for step in steps)
        for at, (reading, so_far) in enumerate(zip(course.readings, asked, strict=False), 1):
            rows.append(
                {
                    "role": course.role,
                    "model": course.name,
                    "step": at,
                    "row": reading.row,
                    "asked": so_far,
                    "score": reading.score,
                    "bits": reading.bits,
                    "note": reading.note,
                }
            )
    return pa.Table.from_pylist(rows, schema=STEPS_SCHEMA)


STEPS_SCHEMA = pa.schema(
    [
        ("role", pa.string()),
        ("model", pa.string()),
        ("step", pa.int64()),
        ("row", pa.string()),
        ("asked", pa.int64()),
        ("score", pa.float64()),
        ("bits", pa.float64()),
        ("note", pa.string()),
    ]
)
"""The columns of ``queries.parquet``; ``asked`` counts the questions up to and with this step."""


def _outcome(course: Course) -> Outcome:
    return Outcome(
        role=course.role,
        name=course.name,
        bits=None if course.bits is None else float(course.bits),  # a method may hand over NumPy's
        steps=len(course.readings),
        counted=course.counted,
        asked=course.asked,
        gaps=course.gaps,
        measures=tuple(
            Measure(
                name=fact.name, value=float(fact.value) if math.isfinite(fact.value) else None, text=fact.text
            )
            for fact in course.facts
        ),
    )


def _cautions(outcomes: tuple[Outcome, ...], null: str) -> tuple[Caution, ...]:
    """Return what the run itself says against relying on it."""
    suspect, *controls = outcomes
    found = []
    if null and not controls:
        found.append(
            Caution(
                severity="warn",
                name="no-control",
                text="No control was asked beside the suspect, so that the test worked as it should rests on "
                "its mathematics and on what it assumes alone. Draw two twins a reply, or name a --control.",
            )
        )
    found += [
        Caution(
            severity="warn",
            name="control-speaks",
            text=f"A control ({one.role}: {one.name}) reached {one.bits:.1f} bits. Something other than "
            "training on the served replies tells them from their twins; do not rely on this finding "
            "before it is understood.",
        )
        for one in controls
        if one.bits is not None and one.bits >= SUSPICIOUS_BITS
    ]
    unanswered = sum(gap.questions for gap in suspect.gaps)
    if unanswered > _MOST_UNANSWERED * suspect.asked:
        found.append(
            Caution(
                severity="warn",
                name="unanswered",
                text=f"{unanswered:,} of {suspect.asked:,} questions got no answer that could be believed. "
                "They count for nothing, neither for nor against.",
            )
        )
    return tuple(found)
