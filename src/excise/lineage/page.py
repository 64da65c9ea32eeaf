"""The pages of a finding: one in plain words, for who decides; one with everything, for who checks.

Both open offline, run no script but their own, and show nothing that a suspect said except as text.
"""

import pyarrow as pa

from excise.lineage.figures import Shown, growth, scores
from excise.lineage.finding import Finding, Outcome
from excise.lineage.protocol import Protocol
from excise.lineage.wording import answer, called, strength, tries
from excise.report.legible import legible
from excise.report.selfcontained import selfcontained
from excise.report.table import Cell, Column, Table

_MOST_STEPS_SHOWN = 100


def plain(finding: Finding, protocol: Protocol, steps: pa.Table) -> str:
    """Return the page in plain words as HTML."""
    shown = (growth(steps, protocol.stop_at_bits),)
    return _page("finding.html.j2", finding, protocol, shown, _plain_results(finding))


def technical(finding: Finding, protocol: Protocol, steps: pa.Table) -> str:
    """Return the page with everything as HTML."""
    shown = (growth(steps, protocol.stop_at_bits), scores(steps))
    return _page(
        "technical.html.j2",
        finding,
        protocol,
        shown,
        _results(finding),
        terms=_terms(finding, protocol),
        inputs=_inputs(protocol),
        models=_models(protocol),
        measures=_measures(finding),
        unanswered=_unanswered(finding),
        steps=_steps(steps),
    )


def _page(
    template: str,
    finding: Finding,
    protocol: Protocol,
    shown: tuple[Shown, ...],
    results: Table,
    **tables: Table,
) -> str:
    return selfcontained(
        template,
        {
            "finding": finding,
            "protocol": protocol,
            "answer": answer(finding),
            "called": called,
            "strength": strength,
            "tries": tries,
            "shown": shown,
            "results": results,
            **tables,
        },
        package="excise.lineage",
        pictures={one.key: one.picture for one in shown if one.absent is None},
        heights_px={one.key: one.height_px for one in shown},
    )


def _plain_results(finding: Finding) -> Table:
    return Table(
        caption="The suspect first, then the controls",
        columns=(
            Column("model", "name"),
            Column("what it is to the test", "text"),
            Column("bits", "bits"),
            Column("chance does this at most once in", "text"),
            Column("questions", "count"),
        ),
        rows=tuple(
            (
                legible(one.name, 26),
                called(one),
                one.bits,
                f"{tries(one.bits)} tries" if one.bits is not None and one.bits >= 1 else "-",
                one.asked,
            )
            for one in finding.outcomes
        ),
    )


def _terms(finding: Finding, protocol: Protocol) -> Table:
    ended = {"bits": "at enough bits", "budget": "when the budget was spent", "asked": "when all was asked"}
    settings = ", ".join(f"{one.name} {one.value}" for one in protocol.settings)
    return Table(
        caption="What was fixed before anyone was asked",
        columns=(Column("term", "name"), Column("as it was fixed", "text")),
        rows=(
            ("hypothesis", protocol.hypothesis),
            ("null", protocol.null or "none: a lead"),
            ("statistic", protocol.statistic),
            ("method", protocol.method),
            ("settings", settings or "-"),
            ("stopping rule", protocol.stopping),
            ("ended", ended[finding.ended]),
            ("questions", f"{protocol.questions:,} planned; budget {protocol.budget:,} a model"),
            ("seed", str(protocol.seed)),
            ("control on unserved texts", "yes" if protocol.placebo else "no"),
            ("SHA-256", finding.protocol_sha256),
            ("SHA-256, questions", protocol.prompts_sha256),
        ),
    )


def _results(finding: Finding) -> Table:
    return Table(
        caption="The suspect first, then the controls",
        columns=(
            Column("model", "name"),
            Column("what it is to the test", "text"),
            Column("bits", "bits"),
            Column("questions", "count"),
            Column("steps that counted", "count"),
        ),
        rows=tuple(
            (legible(one.name, 26), called(one), one.bits, one.asked, one.counted) for one in finding.outcomes
        ),
    )


def _inputs(protocol: Protocol) -> Table:
    return Table(
        caption="The files that the test rests on",
        columns=(
            Column("role", "name"),
            Column("file", "text"),
            Column("rows", "count"),
            Column("SHA-256", "text"),
        ),
        rows=tuple((one.role, one.file, one.rows, one.sha256) for one in protocol.inputs),
    )


def _models(protocol: Protocol) -> Table:
    return Table(
        caption="Who was asked, and how",
        columns=(
            Column("model", "name"),
            Column("role", "text"),
            Column("lets one see", "text"),
            Column("asked by way of", "text"),
            Column("hash of its files", "text"),
        ),
        rows=tuple(
            (one.name, one.role, ", ".join(one.access), one.way or "-", one.identity or "-")
            for one in protocol.models
        ),
    )


def _measures(finding: Finding) -> Table:
    return Table(
        caption="What else was measured",
        columns=(
            Column("measure", "name"),
            Column("of", "text"),
            Column("value", "text"),
            Column("what it is", "text"),
        ),
        rows=tuple(
            (one.name, _named(outcome), "-" if one.value is None else f"{one.value:.6g}", one.text)
            for outcome in finding.outcomes
            for one in outcome.measures
        ),
    )


def _unanswered(finding: Finding) -> Table:
    return Table(
        caption="Questions without an answer that could be believed; they count for nothing",
        columns=(
            Column("model", "name"),
            Column("why", "text"),
            Column("questions", "count"),
            Column("first about", "text"),
        ),
        rows=tuple(
            (_named(outcome), gap.why, gap.questions, ", ".join(gap.rows))
            for outcome in finding.outcomes
            for gap in outcome.gaps
        ),
    )


def _steps(steps: pa.Table) -> Table:
    first = steps.slice(0, _MOST_STEPS_SHOWN).to_pylist()
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            str(row["step"]),
            row["role"],
            row["row"],
            row["asked"],
            "-" if row["score"] is None else f"{row['score']:.6g}",
            row["bits"],
            row["note"],
        )
        for row in first
    )
    return Table(
        caption="The first steps, as they were asked",
        columns=(
            Column("step", "name"),
            Column("role", "text"),
            Column("about", "text"),
            Column("questions", "count"),
            Column("score", "text"),
            Column("bits", "bits"),
            Column("note", "text"),
        ),
        rows=rows,
        note=f"{len(first):,} of {steps.num_rows:,}; queries.parquet has all of them.",
    )


def _named(outcome: Outcome) -> str:
    return f"{outcome.name} ({outcome.role})"
