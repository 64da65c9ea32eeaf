import pytest

from excise.report.canvas import draw, hover, label
from excise.report.quantities import NOTHING


@pytest.mark.parametrize(
    "text",
    ["<a href='https://evil.example'>x</a>", "<br>", "&lt;b&gt;", "$\\frac{1}{2}$", "<script>1</script>"],
)
def test_labels_hold_no_markup(text):
    for made in (label(text, 100), hover([text])):
        assert not set("<>$") & set(made.replace("<br>", "") if made != label(text, 100) else made)
        assert "&" not in made.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "").replace(
            "&#36;", ""
        )


def test_an_empty_name_is_still_shown():
    assert label("") == NOTHING


def test_hover_boxes_fit_a_phone():
    box = hover(["word " * 100, "x" * 300])
    assert all(len(line) <= 44 for line in box.split("<br>"))


def test_a_figure_must_state_its_height():
    with pytest.raises(AssertionError, match="height"):
        draw([], {})


def test_plotly_itself_refuses_a_wrong_attribute():
    with pytest.raises(ValueError, match="colour"):
        draw([{"type": "bar", "marker": {"colour": "#000000"}}], {"height": 100})
