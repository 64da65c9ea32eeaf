"""The picture is well-formed, says itself in words, and draws what it is given where it belongs."""

from xml.etree import ElementTree as ET

from excise.proving_ground.strips import Strip, strips

SVG = "{http://www.w3.org/2000/svg}"


def test_dots_lie_where_their_shares_are():
    rows = [Strip("a < b", 0.0, 0.0, 0.2), Strip("c", 0.5, 0.4, 0.6, bar=0.8), Strip("d", 1.0, 0.9, 1.0)]
    drawn = ET.fromstring(strips(rows, says="a & c & d", across="recall"))
    assert drawn.findtext(f"{SVG}title") == "a & c & d"
    left, middle, right = (float(dot.get("cx")) for dot in drawn.iter(f"{SVG}circle"))
    assert left < middle < right
    assert abs(middle - (left + right) / 2) < 0.2
    texts = [text.text for text in drawn.iter(f"{SVG}text")]
    assert {"a < b", "c", "d", "recall", "0.50"} <= set(texts)


def test_a_share_outside_stays_in_the_picture():
    drawn = ET.fromstring(strips([Strip("a", 1.4, -1.0, 2.0)], says="a", across="x"))
    (dot,) = drawn.iter(f"{SVG}circle")
    assert float(dot.get("cx")) < 720
