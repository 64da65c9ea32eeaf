"""A number of bits in plain words, so that nobody has to know what a logarithm is."""

import math

from excise.lineage.finding import Finding, Outcome

_NAMES = ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"))
_BEYOND = 1e15

SCALE = (
    (20.0, "extremely strong evidence"),
    (13.3, "very strong evidence"),
    (10.0, "strong evidence"),
    (6.6, "moderately strong evidence"),
    (3.3, "moderate evidence"),
    (1.0, "weak evidence"),
)
"""The verbal scale of the European Network of Forensic Science Institutes ("Guideline for Evaluative
Reporting in Forensic Science", 2015), in bits: with steps at likelihood ratios of 2, 10, ... 10^6."""


def strength(bits: float) -> str:
    """Return the words for a number of bits.

    >>> strength(30), strength(0.4)
    ('extremely strong evidence', 'no evidence')
    """
    return next((words for least, words in SCALE if bits >= least), "no evidence")


def tries(bits: float) -> str:
    """Return 2^bits as people say it, rounded to two digits: in how many tries chance does this once at most.

    >>> tries(10), tries(20), tries(30.2), tries(3), tries(60)
    ('1,000', '1 million', '1.2 billion', '8', 'more than a thousand trillion')
    """
    often = 2.0 ** min(bits, 200.0)
    if often >= _BEYOND:
        return "more than a thousand trillion"
    often = _two_digits(often)
    if often < 1e6:
        return f"{often:,.0f}"
    size, name = next((size, name) for size, name in _NAMES if often >= size)
    return f"{often / size:.2g} {name}" if often / size < 100 else f"{often / size:.0f} {name}"


def answer(finding: Finding) -> str:
    """Return what a finding says, in a sentence or two."""
    if finding.bits is None:
        return (
            "This is a lead, and no finding: it says where to look, and has no number that says how often "
            "chance would do the same."
        )
    if finding.bits < SCALE[-1][0]:
        return (
            "No evidence that it was. That is not evidence that it was not: little of what was served may "
            "have been used, or the test may have been too short to see it."
        )
    words = strength(finding.bits)
    return (
        f"{words[0].upper()}{words[1:]} that it was. Had it not been, a result this strong would come up at "
        f"most once in {tries(finding.bits)} tries."
    )


def called(outcome: Outcome) -> str:
    """Return what a model is to the test, in words."""
    return {
        "suspect": "the suspect",
        "control": "a control: a model that cannot have seen the served replies",
        "placebo": "a control: the suspect, asked about texts that nobody was served",
    }[outcome.role]


def _two_digits(number: float) -> float:
    size = 10.0 ** (math.floor(math.log10(number)) - 1) if number >= 1 else 0.1
    return round(number / size) * size
