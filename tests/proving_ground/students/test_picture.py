import re
from xml.etree import ElementTree as ET

import pytest

from excise.proving_ground.students.picture import Line, picture
from excise.proving_ground.students.summary import Curve


def curve(last):
    return Curve(
        probe="twins", access="text", student="x", role="distilled", strength=None, mark="", questions=2.0,
        seeds=2, steps=(10, 100), median=(1.0, last), lowest=(-2.0, last - 5), highest=(3.0, last + 5),
        final=(last,), most=(last,),
    )  # fmt: skip


def test_it_is_well_formed_and_says_itself_in_words():
    drawn = picture([Line("a < b", curve(40.0)), Line("c", curve(41.0))], says='"q" & more', across="twins")
    root = ET.fromstring(drawn)
    texts = [element.text for element in root.iter() if element.text]
    assert {"a < b", "c", '"q" & more'} <= set(texts)
    assert "\n\n" not in drawn  # a blank line would end the picture in Markdown


def test_more_bits_stand_higher_and_labels_do_not_touch():
    drawn = picture([Line("high", curve(80.0)), Line("low", curve(79.0))], says="", across="twins")
    places = {
        label: float(place) for place, label in re.findall(r' y="([\d.]+)" fill="[^"]+">(high|low)<', drawn)
    }
    assert places["low"] - places["high"] == pytest.approx(15, abs=1)
