import io
import re
import unicodedata

import pytest
from msgspec import structs
from rich.cells import cell_len
from rich.console import Console

from excise.report.terminal import plain, tell


def told(findings, width, **options):
    out = io.StringIO()
    tell(findings, Console(file=out, width=width, force_terminal=True, **options))
    return out.getvalue()


def test_a_wide_terminal_shows_all(week):
    text = told(week, 150, color_system=None)
    head, first, *_ = text.splitlines()
    assert head.split() == [
        "campaign",
        "accounts",
        "exchanges",
        "tokens",
        "out",
        "bits",
        "new",
        "what",
        "sets",
        "it",
        "apart",
    ]
    assert first.startswith("amber-heron         41")
    assert "NEW" in first
    assert "+4 accounts" in text
    assert "amber-heron: 41 accounts act as one and pull reasoning traces; 13.3 bits" in text
    assert "\N{MINUS SIGN}2.4  2 of the accounts belong to a verified business" in text
    assert "and 3 weaker reasons" in text
    assert "3 campaigns found among 2,512 accounts (61,204 exchanges)." in text
    assert "Not seen: The log names no TLS fingerprint" in text


@pytest.mark.parametrize("width", [12, 20, 39, 40, 63, 64, 80, 109, 110, 200])
def test_no_line_is_wider_than_the_terminal(week, hostile, width):
    for findings in (week, hostile):
        text = told(findings, width, color_system=None)
        assert max(cell_len(line) for line in text.splitlines()) <= width
        assert "NEW" in text or findings is hostile


@pytest.mark.parametrize("options", [{"color_system": None}, {"color_system": "truecolor"}])
def test_nothing_in_a_log_commands_the_terminal(hostile, options):
    text = re.sub(r"\x1b\[[0-9;]*m", "", told(hostile, 120, **options))  # the styles are ours
    kinds = {unicodedata.category(c) for c in text if c != "\n"}
    assert not kinds & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert "[bold red]markup[/bold red]" in text
    assert "acct\\u202egpj.exe" in text


def test_styles_come_from_us_alone(week):
    nasty = structs.replace(
        week.campaigns[0], name="[red]x[/red]\x1b[31m", sentence="[link=file:///]s[/link]"
    )
    text = told(structs.replace(week, campaigns=(nasty,)), 120, color_system="standard")
    assert "\x1b[31m" not in text
    assert "[red]x[/red]" in text
    assert "[link=file:///]s[/link]" in text


def test_where_no_terminal_is_the_lines_are_plain(week, hostile):
    for findings in (week, hostile):
        out = io.StringIO()
        tell(findings, Console(file=out, width=20))
        assert out.getvalue() == plain(findings)
        assert "\x1b" not in out.getvalue()
    rows = plain(week).splitlines()
    assert rows[1].startswith("amber-heron         41      7,152      4.66 M  13.3  NEW")
    assert rows[6].strip().startswith("+7.4  shared_script")


def test_a_terminal_of_few_letters_gets_escapes(week):
    raw = io.BytesIO()
    out = io.TextIOWrapper(raw, encoding="ascii", write_through=True)
    tell(week, Console(file=out))
    assert b"\\u22122.4" in raw.getvalue()


def test_only_the_first_campaigns_are_explained(week):
    assert "copper-finch: " not in plain(week, explained=2)
    assert "copper-finch: " in plain(week, explained=3)
    assert "amber-heron: " not in plain(week, explained=0)


def test_hundreds_of_campaigns_are_cut(week):
    many = structs.replace(
        week, campaigns=tuple(structs.replace(week.campaigns[0], name=f"c{i:03}") for i in range(200))
    )
    text = plain(many, explained=0)
    assert len(text.splitlines()) == 1 + 30 + 1 + 3
    assert "The first 30 are shown" in text


def test_the_first_scan_has_no_column_for_what_is_new(week):
    calm = tuple(structs.replace(c, new=False, joined=()) for c in week.campaigns)
    assert plain(structs.replace(week, campaigns=calm)).splitlines()[0].split()[-6:] == [
        "out",
        "bits",
        "what",
        "sets",
        "it",
        "apart",
    ]


def test_no_campaign_is_good_news(week):
    none = structs.replace(week, campaigns=(), gone=(), blind=())
    assert plain(none) == "No campaign was found among 2,512 accounts (61,204 exchanges).\n"
    assert told(none, 80).strip() == plain(none).strip()
