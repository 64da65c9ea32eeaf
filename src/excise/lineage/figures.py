"""The pictures of a finding: how the evidence grew, and what each step said."""

from typing import NamedTuple

import numpy as np
import pyarrow as pa

from excise.lineage.wording import tries
from excise.report import quantities
from excise.report.canvas import draw, hover, label
from excise.report.legible import legible
from excise.report.palette import BLUE, GREEN, GREY, INK, PURPLE, QUIET, VERMILLION
from excise.report.table import Column, Table

_MOST_POINTS = 1_500
_MARKED_BITS = (10.0, 20.0, 30.0)
_LINES = (
    (VERMILLION, "dash"),
    (GREEN, "dot"),
    (PURPLE, "dashdot"),
    (GREY, "longdash"),
)
_HEIGHT_PX = 380


class Shown(NamedTuple):
    """A figure as a page shows it: its picture as Plotly's JSON, and the same in words and as a table."""

    key: str
    title: str
    says: str
    absent: str | None
    table: Table
    folded: bool
    height_px: int
    picture: str


class _Line(NamedTuple):
    role: str
    name: str
    asked: np.ndarray
    bits: np.ndarray
    scores: np.ndarray


def growth(steps: pa.Table, stop_at_bits: float) -> Shown:
    """Return the picture of bits against questions, of the suspect and of each control."""
    lines = _lines(steps)
    known = [line for line in lines if len(line.bits) and not np.isnan(line.bits).all()]
    title = "How the evidence grew"
    if not known:
        return _absent("growth", title, "This method gives leads, and a lead has no bits.")
    top = max(12.0, *(float(np.nanmax(line.bits)) * 1.1 for line in known))
    low = min(-3.0, *(float(np.nanmin(line.bits)) * 1.1 for line in known))
    longest = max(int(line.asked[-1]) for line in known)
    traces: list[dict[str, object]] = []
    for at, line in enumerate(known):
        shade, dash = (BLUE, "solid") if line.role == "suspect" else _LINES[(at - 1) % len(_LINES)]
        places = _thinned(line.bits)
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": label(_short(line), 48),
                "x": [0, *line.asked[places].tolist()],
                "y": [0, *np.round(line.bits[places], 3).tolist()],
                "line": {
                    "color": shade.light,
                    "dash": dash,
                    "width": 3 if line.role == "suspect" else 2,
                    "shape": "hv",
                },
                "hovertemplate": hover(["%{y:.1f} bits after %{x:,} questions", _short(line)])
                + "<extra></extra>",
            }
        )
    marked = [bits for bits in _MARKED_BITS if bits < top and bits != stop_at_bits]
    shapes = [_level(bits, "dot", QUIET.light) for bits in marked]
    notes = [_note(bits, f"chance: once in {tries(bits)}") for bits in marked]
    if stop_at_bits <= top:
        shapes.append(_level(stop_at_bits, "solid", INK.light))
        notes.append(_note(stop_at_bits, f"stops at {stop_at_bits:g} bits: once in {tries(stop_at_bits)}"))
    picture = draw(
        traces,
        {
            "height": _HEIGHT_PX,
            "margin": {"l": 52, "r": 12, "t": 34, "b": 48},
            "showlegend": True,
            "shapes": shapes,
            "annotations": notes,
            "xaxis": {"title": {"text": "questions asked"}, "range": [0, longest * 1.01], "tickformat": ","},
            "yaxis": {"title": {"text": "evidence, in bits"}, "range": [low, top], "zeroline": True},
            "meta": {"narrow": {"margin.t": 76}},
        },
    )
    first, *others = known
    said = f"The suspect's evidence ends at {quantities.bits(float(first.bits[-1]))} bits"
    if others:
        most = max(float(np.nanmax(line.bits)) for line in others)
        said += f"; no control ever rose above {quantities.bits(max(most, 0.0))}"
    return Shown(
        key="growth",
        title=title,
        says=f"{said}. Each bit above zero doubles the number of tries in which chance does this once.",
        absent=None,
        table=_growth_table(known),
        folded=True,
        height_px=_HEIGHT_PX,
        picture=picture.to_json(validate=False),
    )


def scores(steps: pa.Table) -> Shown:
    """Return the picture of what single steps said: the suspect's scores against those of the controls."""
    title = "What single steps said"
    lines = [line for line in _lines(steps) if np.isfinite(line.scores).any()]
    if not lines:
        return _absent("scores", title, "No step counted.")
    every = np.concatenate([line.scores[np.isfinite(line.scores)] for line in lines])
    reach = float(np.quantile(np.abs(every), 0.995)) or 1.0
    edges = np.linspace(-reach, reach, 42)
    traces: list[dict[str, object]] = []
    for at, line in enumerate(lines):
        shade, dash = (BLUE, "solid") if line.role == "suspect" else _LINES[(at - 1) % len(_LINES)]
        here = line.scores[np.isfinite(line.scores)]
        shares = np.histogram(np.clip(here, -reach, reach), edges)[0] / len(here)
        traces.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": label(_short(line), 48),
                "x": np.round((edges[1:] + edges[:-1]) / 2, 6).tolist(),
                "y": np.round(shares, 5).tolist(),
                "fill": "tozeroy" if line.role == "suspect" else "none",
                "fillcolor": "rgba(0,114,178,0.15)",
                "line": {"color": shade.light, "dash": dash, "width": 2, "shape": "hvh"},
                "hovertemplate": hover(["%{y:.1%} of steps near %{x:.3g}", _short(line)]) + "<extra></extra>",
            }
        )
    picture = draw(
        traces,
        {
            "height": 300,
            "margin": {"l": 52, "r": 12, "t": 34, "b": 48},
            "showlegend": True,
            "xaxis": {
                "title": {"text": "score of a step; above 0 points at the hypothesis"},
                "zeroline": True,
            },
            "yaxis": {"title": {"text": "share of steps"}, "tickformat": ".0%", "rangemode": "tozero"},
            "meta": {"narrow": {"margin.t": 76}},
        },
    )
    shares_above = [float((line.scores[np.isfinite(line.scores)] > 0).mean()) for line in lines]
    return Shown(
        key="scores",
        title=title,
        says=f"{shares_above[0]:.0%} of the suspect's steps lie above 0; under the null, as many as below.",
        absent=None,
        table=Table(
            caption="Scores of single steps",
            columns=(
                Column("model", "name"),
                Column("role", "text"),
                Column("counted", "count"),
                Column("above 0", "text"),
                Column("median", "text"),
            ),
            rows=tuple(
                (
                    line.name,
                    line.role,
                    int(np.isfinite(line.scores).sum()),
                    f"{share:.1%}",
                    f"{float(np.nanmedian(line.scores)):.4g}",
                )
                for line, share in zip(lines, shares_above, strict=True)
            ),
        ),
        folded=True,
        height_px=300,
        picture=picture.to_json(validate=False),
    )


def _lines(steps: pa.Table) -> list[_Line]:
    """Return the steps model by model, the suspect first."""
    role, name = steps["role"].to_pylist(), steps["model"].to_pylist()
    found: dict[tuple[str, str], list[int]] = {}
    for at, key in enumerate(zip(role, name, strict=True)):
        found.setdefault(key, []).append(at)
    columns = [steps[column].cast(pa.float64()).to_numpy(zero_copy_only=False) for column in _NUMBERS]
    return [_Line(*key, *(column[places] for column in columns)) for key, places in found.items()]


_NUMBERS = ("asked", "bits", "score")


def _thinned(bits: np.ndarray) -> np.ndarray:
    """Return the places that a line shows: all, or evenly spaced ones with the first and the last."""
    known = np.flatnonzero(~np.isnan(bits))
    if len(known) <= _MOST_POINTS:
        return known
    places: np.ndarray = known[np.linspace(0, len(known) - 1, _MOST_POINTS).round().astype(int)]
    return places


def _growth_table(lines: list[_Line]) -> Table:
    rows = []
    for line in lines:
        places = np.unique(np.linspace(0, len(line.bits) - 1, 9).round().astype(int))
        rows += [
            (_short(line), int(line.asked[at]), None if np.isnan(line.bits[at]) else float(line.bits[at]))
            for at in places
        ]
    return Table(
        caption="Bits after so many questions",
        columns=(Column("model", "name"), Column("questions", "count"), Column("bits", "bits")),
        rows=tuple(rows),
        note="Some of the steps; queries.parquet has all.",
    )


def _level(bits: float, dash: str, color: str) -> dict[str, object]:
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": bits,
        "y1": bits,
        "line": {"color": color, "width": 1, "dash": dash},
    }


def _note(bits: float, text: str) -> dict[str, object]:
    return {
        "xref": "paper",
        "x": 0.004,
        "y": bits,
        "text": text,
        "showarrow": False,
        "xanchor": "left",
        "yanchor": "bottom",
        "font": {"size": 11, "color": QUIET.light},
    }


def _short(line: _Line) -> str:
    called = {"suspect": "suspect", "control": "control", "placebo": "control: suspect on unserved texts"}
    role = called.get(line.role, line.role)
    return role if line.role == "placebo" else f"{role}: {legible(line.name, 32)}"


def _absent(key: str, title: str, why: str) -> Shown:
    empty = Table(caption="", columns=(), rows=())
    return Shown(key, title, "", why, empty, folded=True, height_px=0, picture="")
