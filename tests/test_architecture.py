"""The tree is the journey, imports go one way, files are small and tested, no text says where it was made."""

import ast
import configparser
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import excise

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "excise"
TESTS = ROOT / "tests"
MOST_LINES = 400
FORBIDDEN_NAMES = {
    "base",
    "common",
    "core",
    "helper",
    "helpers",
    "lib",
    "manager",
    "misc",
    "shared",
    "util",
    "utils",
}
HOSTS = {
    "arxiv.org",
    "doi.org",
    "keepachangelog.com",
    "semver.org",
    "www.apache.org",
    "www.w3.org",
}
"""The hosts that a text may name. The package itself calls none."""

sources = sorted(SOURCE.rglob("*.py"))
programs = [*sources, *sorted(TESTS.rglob("*.py")), *sorted((ROOT / "benchmarks").glob("*.py"))]


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


# --- imports ---


def contracts() -> dict[str, str]:
    """The name of each contract, by its section."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter")
    return {
        section.rpartition(":")[2]: parser[section]["name"]
        for section in parser.sections()
        if section.startswith("importlinter:contract:")
    }


VIOLATIONS = {
    "journey": ("ingest/backward.py", "import excise.store.tables"),
    "members": ("linking/familiar.py", "from excise.linking.ties.payment import Payment"),
    "words": ("linking/eavesdropping.py", "from excise.ingest.exchange import Exchange"),
    "duckdb": ("store/direct.py", "import duckdb"),
    "plotly": ("linking/drawing.py", "import plotly.graph_objects"),
    "graphs": ("store/graph.py", "import igraph"),
    "terminal": ("store/loud.py", "import rich.console"),
    "click": ("report/asking.py", "import click"),
    "templates": ("linking/page.py", "import jinja2"),
    "network": ("store/calling.py", "import urllib.request"),
    "state": ("service/asking.py", "import sqlalchemy"),
    "envoy": ("enforcement/speaking.py", "import grpc"),
    "server": ("casework/serving.py", "import starlette.routing"),
    "identity": ("service/vouching.py", "import authlib.oidc.core"),
    "telemetry": ("ingest/collecting.py", "import opentelemetry"),
    "lineage": ("lineage/prying.py", "import excise.store.tables"),
}


@pytest.fixture
def verdicts(tmp_path: Path) -> Callable[[], dict[str, bool]]:
    """Lints a copy of the package: whether each contract is kept, by its name."""
    package = tmp_path / "excise"
    shutil.copytree(SOURCE, package, ignore=shutil.ignore_patterns("__pycache__", "*.toml", "*.j2"))
    shutil.copy(ROOT / ".importlinter", tmp_path)

    def lint() -> dict[str, bool]:
        code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(cache_dir=None))"
        ran = subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin", "COLUMNS": "200", "NO_COLOR": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        found = re.findall(r"^(.+) (KEPT|BROKEN)(?: \(.*\))?$", ran.stdout, re.MULTILINE)
        assert found, ran.stdout + ran.stderr
        assert ran.returncode == (0 if all(word == "KEPT" for _, word in found) else 1)
        return {name: word == "KEPT" for name, word in found}

    return lint


def test_every_contract_is_kept_and_can_be_broken(
    tmp_path: Path, verdicts: Callable[[], dict[str, bool]]
) -> None:
    names = contracts()
    assert set(VIOLATIONS) == set(names), "a contract without a violation is not shown to hold"
    assert verdicts() == dict.fromkeys(names.values(), True)
    for file, line in VIOLATIONS.values():
        (tmp_path / "excise" / file).write_text(f'"""A violation."""\n\n{line}\n')
    assert verdicts() == dict.fromkeys(names.values(), False)


def test_a_folder_outside_the_story_breaks_the_journey(
    tmp_path: Path, verdicts: Callable[[], dict[str, bool]]
) -> None:
    stray = tmp_path / "excise" / "astrology"
    stray.mkdir()
    (stray / "__init__.py").write_text('"""Not in the story."""\n')
    kept = verdicts()
    assert [name for name, well in kept.items() if not well] == [contracts()["journey"]]


# --- the story ---


def test_the_docstring_tells_the_journey_in_the_order_of_the_layers() -> None:
    told = re.findall(r"^    (\w+) {2,}\S", excise.__doc__ or "", re.MULTILINE)
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter")
    layers = parser["importlinter:contract:journey"]["layers"].split()[::-1]
    assert [*layers[:2], *told] == layers
    assert layers[:2] == ["errors", "open_folder"]


def test_every_folder_is_in_the_story() -> None:
    told = set(re.findall(r"^    (\w+) {2,}\S", excise.__doc__ or "", re.MULTILINE))
    there = {
        path.stem for path in SOURCE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    assert there - {"__init__", "__main__", "errors", "open_folder"} == told


# --- files ---


def test_files_are_small() -> None:
    lines = {named(path): len(path.read_text(encoding="utf-8").splitlines()) for path in programs}
    long = {name: count for name, count in lines.items() if count > MOST_LINES}
    assert long == {}, "a file this long has more than one reason to exist"


def test_no_name_says_nothing() -> None:
    modules = {*sources, *(path.parent for path in sources)}
    assert [named(path) for path in modules if path.stem.strip("_") in FORBIDDEN_NAMES] == []


def test_every_folder_is_a_package() -> None:
    folders = {path.parent for path in sources}
    assert [named(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


UNTESTED: set[str] = set()
"""Files without a test of their own. It only ever gets shorter."""


def open_folders() -> set[Path]:
    """The folders whose every file is a member, from the contract that protects them."""
    parser = configparser.ConfigParser()
    parser.read(ROOT / ".importlinter")
    protected = parser["importlinter:contract:members"]["protected_modules"].split()
    return {SOURCE.joinpath(*name.split(".")[1:-1]) for name in protected}


def covered(path: Path, texts: dict[Path, str]) -> bool:
    """Whether ``test_<file>.py`` is there, or a test of the stage is for every member of an open folder."""
    place = path.relative_to(SOURCE)
    stage = TESTS / place.parts[0] if len(place.parts) > 1 else TESTS
    mine = {test: text for test, text in texts.items() if stage in test.parents}
    if any(test.name == f"test_{path.stem}.py" for test in mine):
        return True
    word = re.compile(rf"(?<![a-z]){re.escape(path.stem)}(?![a-z])")
    every = re.compile(r"parametrize\([^)]*_kinds\(\)")
    return path.parent in open_folders() and any(
        word.search(text) or every.search(text) for text in mine.values()
    )


def test_every_file_has_its_test() -> None:
    texts = {test: test.read_text(encoding="utf-8") for test in TESTS.rglob("test_*.py")}
    files = [path for path in sources if not path.stem.startswith("__")]
    assert {str(path.relative_to(SOURCE)) for path in files if not covered(path, texts)} == UNTESTED


# --- what code may say ---


def calls(path: Path) -> list[tuple[int, str]]:
    """The methods that a file calls, with their lines."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [
        (node.lineno, node.func.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    ]


def test_only_an_engine_executes_expressions_and_only_the_database_statements() -> None:
    database = SOURCE / "casework" / "state" / "database.py"
    elsewhere = [
        f"{named(path)}:{line} .{method}()"
        for path in sources
        if "engines" not in path.parts and path != database
        for line, method in calls(path)
        if method in {"execute", "to_pandas", "to_pyarrow", "to_pyarrow_batches", "to_polars"}
    ]
    assert elsewhere == []


def test_records_travel_between_stages_not_loose_dictionaries() -> None:
    loose = re.compile(r"(dict|Dict|Mapping)\[str, Any\]")
    assert [named(path) for path in sources if loose.search(path.read_text(encoding="utf-8"))] == []


def test_nothing_happens_on_import() -> None:
    code = (
        "import sys, pkgutil, importlib, pathlib, excise\n"
        "before = sorted(pathlib.Path('.').iterdir())\n"
        "for info in pkgutil.walk_packages(excise.__path__, 'excise.'):\n"
        "    if not info.name.endswith('__main__'): importlib.import_module(info.name)\n"
        "assert sorted(pathlib.Path('.').iterdir()) == before\n"
        "import logging, threading\n"
        "assert not logging.getLogger().handlers\n"
        "assert threading.active_count() == 1, threading.enumerate()\n"
    )
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={"PYTHONPATH": str(SOURCE.parent), "PATH": "/usr/bin:/bin", "HOME": "/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


# --- what texts may say ---

MACHINE = re.compile(r"(?<![\w.{$/])/(?:home|root|opt|srv|mnt|work|Users)/\w")
URL = re.compile(r"https?://(?:[^\s/@]*@|(?![^\s/@]*@))((?=[\d.]*[a-zA-Z])[\w.-]+\w)")
RESERVED = (".example", "example.com", "example.org")


def git(*arguments: str) -> str:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=True).stdout


def told_on(text: str) -> list[str]:
    """What in a text names a machine's folder, or a host that is not listed."""
    # a name without a dot is one that the reader's own machine gives, such as an upstream of nginx
    found = [host for host in URL.findall(text) if "." in host]
    hosts = [host for host in found if not host.endswith(RESERVED) and host not in HOSTS]
    return [*MACHINE.findall(text), *hosts]


def test_the_check_of_texts_sees_what_it_is_for() -> None:
    assert told_on("see /home/ann/log and https://registry.internal.net/x") == [
        "/home/a",
        "registry.internal.net",
    ]
    assert told_on("see https://arxiv.org/abs/1, https://api.example/v1, ~/.config/excise and /v1/chat") == []


def test_no_file_names_a_machine_or_an_unlisted_host() -> None:
    found = []
    for name in git("ls-files").splitlines():
        path = ROOT / name
        if path == Path(__file__) or not path.exists() or path.suffix in {".parquet", ".gz", ".zst", ".png"}:
            continue
        # what tests make up is the log's, not ours
        text = path.read_text(encoding="utf-8", errors="replace")
        marks = MACHINE.findall(text) if path.is_relative_to(TESTS) else told_on(text)
        found += [f"{name}: {mark}" for mark in marks]
    assert found == []


def test_no_commit_names_a_machine_or_an_unlisted_host() -> None:
    assert told_on(git("log", "--format=%B")) == []
