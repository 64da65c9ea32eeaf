"""One set of filters for all pages: text from logs is text."""

from excise.report.rendering import plotly_script, script, style, templates


def test_a_package_without_a_template_of_that_name_has_the_reports():
    assert templates("excise.console").get_template("parts.html.j2") is not None


def test_text_passes_escaping_and_loses_what_moves_the_cursor():
    page = templates("excise.report").from_string("{{ text | legible(80) }}")
    assert page.render(text="<b>\x1b[31m\u202e") == "&lt;b&gt;\\u202e"


def test_styles_and_scripts_fetch_nothing():
    for text in (style("excise.report", heights_px={"a": 10}), script()):
        assert "http" not in text.replace("http://www.w3.org", "")
    assert "Plotly" in plotly_script()
