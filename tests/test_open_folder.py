"""An open folder is read, not listed; outside packages join by entry points."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from excise import open_folder
from excise.behavior.features import Feature
from excise.detection.detectors import Detector
from excise.errors import UnknownMember
from excise.ingest.formats import Format
from excise.linking.ties import Tie
from excise.open_folder import BrokenMember, member, members

CONTRACT = '"""Shapes: one file a shape."""\nfrom abc import ABC\n\nclass Shape(ABC):\n    """A shape."""\n'
CIRCLE = "from shapes import Shape\n\nclass Circle(Shape):\n    '''Round.'''\n"


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """Members are read once a process; here they change."""
    open_folder._members.cache_clear()
    yield
    open_folder._members.cache_clear()
    for name in list(sys.modules):
        if name.partition(".")[0] in {"shapes", "hexagons", "hexes", "visitor"}:
            del sys.modules[name]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An open folder of its own, with one member."""
    package = tmp_path / "shapes"
    package.mkdir()
    (package / "__init__.py").write_text(CONTRACT)
    (package / "circle.py").write_text(CIRCLE)
    monkeypatch.syspath_prepend(tmp_path)
    return package


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str, str], None]:
    """Installs an outside package, as pip leaves one: a module, and metadata with entry points."""

    def write(name: str, code: str, points: str) -> None:
        site = tmp_path / f"site-{name}"
        info = site / f"{name}-1.0.dist-info"
        info.mkdir(parents=True)
        (site / f"{name}.py").write_text(code)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(points)
        monkeypatch.syspath_prepend(site)

    return write


def shape() -> type:
    from shapes import Shape  # type: ignore[import-not-found]

    assert isinstance(Shape, type)
    return Shape


def test_a_file_is_a_member_and_its_name_is_the_files(folder: Path) -> None:
    (folder / "a_square.py").write_text(CIRCLE.replace("Circle", "Square"))
    found = members("shapes", shape())
    assert [(name, kind.__name__) for name, kind in found.items()] == [
        ("a_square", "Square"),
        ("circle", "Circle"),
    ]
    assert member("shapes", shape(), "circle") is found["circle"]


@pytest.mark.usefixtures("folder")
def test_what_is_returned_may_be_changed() -> None:
    members("shapes", shape()).clear()
    assert list(members("shapes", shape())) == ["circle"]


@pytest.mark.usefixtures("folder")
def test_a_name_that_is_none_is_an_error_with_the_nearest() -> None:
    with pytest.raises(UnknownMember) as raised:
        member("shapes", shape(), "cirle")
    assert str(raised.value) == "shapes has no member 'cirle'; did you mean 'circle'? There are: circle"


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ("", 0),
        ("from shapes.circle import Circle\n", 0),
        ("from shapes import Shape\n", 0),
        (CIRCLE + "\nclass Ring(Shape):\n    '''Round, with a hole.'''\n", 2),
    ],
)
def test_a_file_that_holds_no_member_or_two_is_broken(folder: Path, code: str, count: int) -> None:
    (folder / "blob.py").write_text(code)
    with pytest.raises(
        BrokenMember, match=rf"blob.py: a member file defines exactly one Shape, this one {count}"
    ):
        members("shapes", shape())


@pytest.mark.usefixtures("folder")
def test_an_outside_package_joins_by_an_entry_point(install: Callable[[str, str, str], None]) -> None:
    install("hexagons", CIRCLE.replace("Circle", "Hexagon"), "[excise.shapes]\nhexagon = hexagons:Hexagon\n")
    assert list(members("shapes", shape())) == ["circle", "hexagon"]
    assert member("shapes", shape(), "hexagon").__module__ == "hexagons"


@pytest.mark.usefixtures("folder")
def test_an_outside_package_cannot_take_a_name(install: Callable[[str, str, str], None]) -> None:
    install("hexagons", CIRCLE.replace("Circle", "Hexagon"), "[excise.shapes]\ncircle = hexagons:Hexagon\n")
    with pytest.raises(
        BrokenMember, match="hexagons:Hexagon: shapes already has a member 'circle'; rename the"
    ):
        members("shapes", shape())


@pytest.mark.usefixtures("folder")
def test_two_outside_packages_cannot_share_a_name(install: Callable[[str, str, str], None]) -> None:
    for name in ("hexagons", "hexes"):
        install(name, CIRCLE.replace("Circle", "Hexagon"), f"[excise.shapes]\nhexagon = {name}:Hexagon\n")
    with pytest.raises(BrokenMember, match="already has a member 'hexagon'"):
        members("shapes", shape())


FOLDERS = {
    "formats": ("excise.ingest.formats", Format),
    "ties": ("excise.linking.ties", Tie),
    "features": ("excise.behavior.features", Feature),
    "detectors": ("excise.detection.detectors", Detector),
}


@pytest.mark.parametrize("group", FOLDERS)
def test_each_open_folder_takes_outside_members(group: str, install: Callable[[str, str, str], None]) -> None:
    folder, contract = FOLDERS[group]
    code = f"from {folder} import {contract.__name__}\n\nclass Mine({contract.__name__}):\n    '''Mine.'''\n"
    before = members(folder, contract)
    open_folder._members.cache_clear()
    install("visitor", code, f"[excise.{group}]\nmine = visitor:Mine\n")
    after = members(folder, contract)
    assert set(after) - set(before) == {"mine"}
    assert list(after) == sorted(after)
    assert issubclass(after["mine"], contract)


@pytest.mark.parametrize("value", ["stranger:Stranger", "stranger:number"])
def test_an_entry_point_that_is_no_member_is_broken(
    value: str, install: Callable[[str, str, str], None]
) -> None:
    open_folder._members.cache_clear()
    install("stranger", "class Stranger:\n    pass\n\nnumber = 7\n", f"[excise.ties]\nodd = {value}\n")
    with pytest.raises(BrokenMember, match=f"{value}: the entry point 'odd' .* is no subclass of Tie"):
        members("excise.linking.ties", Tie)


@pytest.mark.parametrize("group", FOLDERS)
def test_ours_are_documented_and_named_like_their_files(group: str) -> None:
    for name, kind in members(*FOLDERS[group]).items():
        assert kind.__module__ == f"{FOLDERS[group][0]}.{name}"
        assert kind.__doc__
        assert sys.modules[kind.__module__].__doc__
