"""The page of what a trial of lineage measured, made from its file."""

from collections.abc import Iterable, Sequence

from excise.proving_ground.students.picture import Line, picture
from excise.proving_ground.students.summary import Bar, Curve, Figures, Null, Radioactivity

_NAMES = {
    "distilled": "distilled, 3 epochs",
    "thorough": "distilled, 6 epochs",
    "finetuned": "a base that read other things, distilled",
    "logits": "distilled from probabilities too",
    "continued_training": "trained on",
    "dilution": "diluted to",
    "fewer_epochs": "epochs:",
    "other_architecture": "another architecture, layers:",
    "other_tokenizer": "another tokenizer, pieces:",
    "paraphrase": "paraphrased",
    "quantization": "weights rounded to bits:",
    "watermark_removal": "tokens drawn anew",
    "human_data": "human data",
    "other_teacher": "another teacher",
    "other_outputs": "same teacher, other prompts",
    "public_text": "public text",
    "spoofed": "same prompts, a third draw",
}


_HEAD = """`excise prove lineage --scale {scale} --seeds {first}-{last}` trains a teacher on {words}, lets
it serve {served:,} replies, trains students on them (and on other things), and asks each student as the
product asks a suspect. Every number is in `docs/measured/lineage.json`.

The models are small and, but for the one *that read other things*, start from nothing: what they know,
they know from what they were served. A large model that learns from the same replies remembers fewer of
them word for word, so these bits are no forecast for one; what carries over is the null, and which attack
costs how much.
"""
_DILUTION = """Twins by log-likelihoods. The student always learns from as many lessons; a share of them
was served, and twins are asked about those.
"""
_WAYS = """Trained for three epochs on the served replies alone.
"""
_ATTACKS = """Bits of the middle seed, lowest to highest in brackets, after 100 steps and after the last
one. A step is a pair of twins, or a prompt.
"""
_CONTROLS = """Students that saw neither what was served nor its twins. *Most* is the most bits that any
seed had on its way: who stops at the best moment gets no more.
"""
_NULLS = """Real scores of control students, with served reply and twin exchanged by coins.
"""
_KEYS = """The published z counts every token against the chance and takes its spread for 1. Over fresh
keys on the same answers, it is what the last column says: where that is not 1, the z does not mean what
it seems to. Each row is a student of one seed.
"""


def tell(figures: Figures) -> str:
    """Return the page below its title, as Markdown with pictures in it."""
    seeds, words = figures.seeds, {"own": "the package's own grammars"}.get(figures.words, "real exchanges")
    parts = [
        _HEAD.format(scale=figures.scale, first=seeds[0], last=seeds[-1], words=words, served=figures.served),
        "## What was asked, and what came out\n",
        _table(("what", "asked", "measured", ""), _barred(figures.bars)),
        *_pictures(figures.curves),
    ]
    parts += ["## Students and attacks\n", _ATTACKS, _attacks(figures.curves)]
    parts += ["## Controls\n", _CONTROLS, _controls(figures.curves)]
    if figures.nulls:
        parts += ["## Simulated nulls\n", _NULLS, _nulls(figures.nulls)]
    if figures.radioactivity:
        parts += ["## Keys, beside the published statistic\n", _KEYS, _keys(figures.radioactivity)]
    return "\n".join(parts)


def _pictures(curves: Sequence[Curve]) -> list[str]:
    ways = [one for one in curves if one.student == "distilled" and not one.mark]
    whole = [Line("all", one) for one in ways if one.probe == "twins"]
    if not whole:
        return []
    diluted = [one for one in curves if one.student == "dilution" and one.probe == "twins"]
    shares = [Line(f"{one.strength:.0%}", one) for one in diluted]
    return [
        *("## Dilution\n", _DILUTION, _drawn([*whole, *shares])),
        *("## Ways to bet, on the same student\n", _WAYS, _drawn([Line(one.probe, one) for one in ways])),
    ]


def _attacks(curves: Sequence[Curve]) -> str:
    head = ("probe", "student", "watermark", "after 100", "after the last", "steps", "questions a step")
    return _table(head, (_row(one) for one in sorted(curves, key=_order) if one.role != "control"))


def _controls(curves: Sequence[Curve]) -> str:
    rows = (
        (one.probe, _named(one), one.mark, _span(one, -1), f"{max(one.most):.1f}", one.seeds)
        for one in sorted(curves, key=_order)
        if one.role == "control"
    )
    return _table(("probe", "control", "watermark", "final bits", "most", "seeds"), rows)


def _nulls(nulls: Sequence[Null]) -> str:
    rows = (
        (one.bet, f"{one.runs:,}", one.steps, f"{one.share:.5f}", one.share_at_most, f"{one.allowed:.5f}")
        for one in nulls
    )
    head = ("bet", "runs", "steps", "share that ever reached 10 bits", "95 % sure below", "allowed")
    return _table(head, rows)


def _keys(keys: Sequence[Radioactivity]) -> str:
    rows = (
        (
            one.mark,
            one.student + ("" if one.strength is None else f" {one.strength:g}"),
            one.seed,
            one.bits,
            f"{one.rank:.0f}",
            f"{one.surplus_z:.1f}",
            f"{one.published_z:.1f}",
            f"{one.published_z_spread:.2f}",
        )
        for one in keys
    )
    head = ("watermark", "student", "seed", "bits", "rank", "z, each spot once", "published z", "its spread")
    return _table(head, rows)


def _barred(bars: Iterable[Bar]) -> Iterable[tuple[object, ...]]:
    return ((one.name, one.wanted, one.measured, "met" if one.met else "**missed**") for one in bars)


def _row(one: Curve) -> tuple[object, ...]:
    at = [place for place, step in enumerate(one.steps) if step <= 100]
    early = _span(one, at[-1]) if at and one.steps[-1] > 100 else ""
    return (one.probe, _named(one), one.mark, early, _span(one, -1), one.steps[-1], f"{one.questions:g}")


def _span(one: Curve, at: int) -> str:
    return f"{one.median[at]:.1f} ({one.lowest[at]:.1f} to {one.highest[at]:.1f})"


def _named(one: Curve) -> str:
    name = _NAMES.get(one.student, one.student.replace("_", " "))
    return name if one.strength is None else f"{name} {one.strength:g}"


def _order(one: Curve) -> tuple[str, bool, str, float]:
    return (one.probe, one.role != "distilled", one.student, -(one.strength or 0.0))


def _drawn(lines: Sequence[Line]) -> str:
    shown = lines[:6]
    says = "; ".join(
        f"{line.label}: {line.curve.median[-1]:.0f} bits after {line.curve.steps[-1]:,}" for line in shown
    )
    drawn = picture(shown, says=says, across="steps")
    return f"{drawn}\n\n*{says}. The band is from the lowest seed to the highest.*\n"


def _table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{' --- |' * len(head)}"]
    lines += [f"| {' | '.join(str(cell).replace('|', '/') for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"
