import base64
import hashlib
import re

import pytest

from excise.report.selfcontained import selfcontained

FIGURE = '{"data":[],"layout":{"title":{"text":"</script><script>alert(1)</script>"}}}'


@pytest.fixture
def page(week):
    values = {"findings": week, "overview": (), "parts": (), "permitted": EMPTY, "since": str}
    return selfcontained(
        "report.html.j2",
        values,
        package="excise.report",
        pictures={"a": FIGURE},
        heights_px={"a": 120, "b": 0},
    )


class EMPTY:
    rows = ()


def test_every_script_and_style_is_named_by_its_hash_and_no_other_runs(page):
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]+)"', page)
    policy = policy.replace("&#39;", "'")
    for kind in ("script", "style"):
        texts = re.findall(rf"<{kind}>(.*?)</{kind}>", page, re.DOTALL)
        assert texts
        for text in texts:
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_no_tag_can_end_in_the_data_of_figures(page):
    (data,) = re.findall(r'<script type="application/json" id="pictures">(.*?)</script>', page, re.DOTALL)
    assert "alert(1)" in data
    assert "<" not in data


def test_room_is_kept_for_what_is_drawn_and_only_for_that(page):
    assert ".scripted #a { height: 120px; }" in page
    assert "#b {" not in page
