"""The colors of reports: told apart by color-blind people, legible on light and on dark, printable.

Figures are drawn in the light colors; ``DARK_FOR_LIGHT`` turns one into the other, so that a figure is built
once and shown in both. Marks start from the set of Okabe and Ito ("Color Universal Design", 2008), with
lightness moved until all pairs stay apart under simulated protanopia, deuteranopia and tritanopia and every
mark has a contrast of 3:1 with its ground (WCAG 2.2, 1.4.11). Color is never the only channel: sign, dash or
pattern says the same.
"""

from typing import NamedTuple


class Shade(NamedTuple):
    """One color as hexadecimal RGB, on light and on dark ground."""

    light: str
    dark: str


GROUND = Shade("#ffffff", "#15191e")
INK = Shade("#1c2128", "#e7eaee")
QUIET = Shade("#59626e", "#a3adb9")
RULE = Shade("#dde2e8", "#313841")
WASH = Shade("#f5f7f9", "#1d2228")
LINK = Shade("#005a9e", "#7cc4f5")

BLUE = Shade("#0072b2", "#56b4e9")
VERMILLION = Shade("#d55e00", "#e8692a")
GREEN = Shade("#00936b", "#3fe0b0")
PURPLE = Shade("#7a2f80", "#f0b8e4")
GREY = Shade("#8a9098", "#8b94a0")

FOR, AGAINST, SUM = BLUE, VERMILLION, GREY
"""What speaks for, what speaks against, and what they come to."""

MARKS = {"blue": BLUE, "vermillion": VERMILLION, "green": GREEN, "purple": PURPLE, "grey": GREY}
"""The colors that stand for something."""

SURFACES = {"ground": GROUND, "ink": INK, "quiet": QUIET, "rule": RULE, "wash": WASH, "link": LINK}
"""The colors of the page around them."""

HEAT = (
    Shade("#d6e6f4", "#1b3a54"),
    Shade("#9cc7e6", "#22618f"),
    Shade("#4f9bcb", "#3b8fc9"),
    Shade("#1669a8", "#7fc3ee"),
    Shade("#08325c", "#e2f3ff"),
)
"""Few to many: further from the ground is more."""

DARK_FOR_LIGHT = {shade.light: shade.dark for shade in (*MARKS.values(), *SURFACES.values(), *HEAT)}
