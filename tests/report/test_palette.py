"""Contrast by WCAG 2.2; color-blindness by Machado, Oliveira and Fernandes (2009), severity 1."""

import itertools

import numpy as np
import pytest

from excise.report.palette import DARK_FOR_LIGHT, GROUND, HEAT, INK, LINK, MARKS, QUIET, SURFACES, WASH

SIGHT = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
GROUNDS = pytest.mark.parametrize("ground", ["light", "dark"])


def linear(color):
    channels = np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    dark, light = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other))
    return (light + 0.05) / (dark + 0.05)


def lab(rgb):
    xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    relative = xyz @ np.clip(rgb, 0, 1) / np.array([0.95047, 1, 1.08883])
    f = np.where(relative > 0.008856, np.cbrt(relative), 7.787 * relative + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


@GROUNDS
@pytest.mark.parametrize("name", MARKS)
def test_marks_stand_out_from_the_ground(name, ground):
    assert contrast(getattr(MARKS[name], ground), getattr(GROUND, ground)) >= 3


@GROUNDS
@pytest.mark.parametrize("text", [INK, QUIET, LINK])
@pytest.mark.parametrize("behind", [GROUND, WASH])
def test_text_can_be_read(text, behind, ground):
    assert contrast(getattr(text, ground), getattr(behind, ground)) >= 4.5


@GROUNDS
@pytest.mark.parametrize("sight", SIGHT)
def test_marks_stay_apart_for_the_color_blind(sight, ground):
    seen = [lab(SIGHT[sight] @ linear(getattr(shade, ground))) for shade in MARKS.values()]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) >= 12


@GROUNDS
def test_heat_is_an_order(ground):
    steps = [contrast(getattr(shade, ground), getattr(GROUND, ground)) for shade in HEAT]
    assert steps == sorted(steps)
    assert all(later / earlier > 1.2 for earlier, later in itertools.pairwise(steps))


def test_each_light_color_has_one_dark_one():
    assert len(DARK_FOR_LIGHT) == len(MARKS) + len(SURFACES) + len(HEAT)
