from pathlib import Path

import excise
from excise.ingest.formats import Format
from excise.ingest.gaps import gaps
from excise.ingest.presence import Counts
from excise.open_folder import members

HOME = Path(excise.__file__).parent
FORMATS = set(members("excise.ingest.formats", Format))


def files(folder: str) -> set[str]:
    return {path.stem for path in (HOME / folder).glob("*.py")} - {"__init__"}


def test_every_field_that_is_counted_has_a_gap_and_a_name_for_sentences() -> None:
    for one in Counts().presences():
        assert gaps()[one.field].what


def test_every_member_that_is_said_to_lose_its_eyes_exists() -> None:
    ties, detectors = files("linking/ties"), files("detection/detectors")
    for gap in gaps().values():
        assert set(gap.ties) <= ties, gap.name
        assert set(gap.detectors) <= detectors, gap.name


def test_every_fix_is_for_a_format_and_names_its_source() -> None:
    for gap in gaps().values():
        assert gap.blinds
        assert 0 <= gap.expected <= 1
        for fix in gap.fix:
            assert fix.format in FORMATS | {"any"}
            assert fix.setting
            assert fix.source


def test_the_settings_of_a_format_come_first() -> None:
    assert [fix.format for fix in gaps()["tokens"].fixes(frozenset({"kong", "litellm"}))] == ["kong", "any"]
