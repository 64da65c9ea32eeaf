"""The pages are complete, current, and say only what can be done.

The result in the README is what ``excise demo`` prints. To rewrite it and the pages that are made from the
code: ``EXCISE_REWRITE=1 make test``.
"""

import importlib.util
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import click
import pytest

from excise.cli import verbs

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = [ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")]
PAGES += sorted(DOCS.rglob("*.md"))
REWRITE = bool(os.environ.get("EXCISE_REWRITE"))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def generate() -> ModuleType:
    """The program that makes some pages."""
    spec = importlib.util.spec_from_file_location("excise_docs_generate", DOCS / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", sorted(generate().PAGES))
def test_pages_made_from_the_code_are_current(name: str) -> None:
    made = generate().PAGES
    text = made[name]()
    if REWRITE:
        (DOCS / name).write_text(text, encoding="utf-8")
    assert (DOCS / name).read_text(encoding="utf-8") == text, "run: python docs/generate.py"


def test_every_page_is_in_the_navigation() -> None:
    listed = set(re.findall(r": ([\w/-]+\.md)$", (ROOT / "mkdocs.yml").read_text("utf-8"), re.MULTILINE))
    assert listed == {str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md")}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[\w-]+)?\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def command_lines() -> Iterator[tuple[str, list[str]]]:
    """Each command line in a shell block or in code of any page, with the page that holds it."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        blocks = re.findall(r"^```sh\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
        # a line that ends in a backslash goes on in the next
        lines = [line for block in blocks for line in re.sub(r"\\\n\s*", " ", block).splitlines()]
        lines += re.findall(
            r"`((?:excise|make) [^`\n]+)`", re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
        )
        for line in lines:
            words = shlex.split(line, comments=True)
            if words and words[0] in {"excise", "make"}:
                yield named(page), words


def test_the_pages_have_command_lines() -> None:
    assert len({tuple(words) for _, words in command_lines()}) > 10


@pytest.mark.parametrize(("page", "words"), list(command_lines()), ids=lambda value: str(value)[:60])
def test_command_lines_are_real(page: str, words: list[str]) -> None:
    if words[0] == "make":
        targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
        assert words[1] in targets, page
        return
    context, command = click.Context(verbs), verbs.get_command(click.Context(verbs), words[1])
    for word in words[2:]:
        if not isinstance(command, click.Group) or word.startswith("-"):
            break
        command = command.get_command(context, word)
    assert command is not None, page
    known = {name for option in command.params for name in option.opts}
    used = {word.partition("=")[0] for word in words[2:] if word.startswith("--")}
    assert used <= known, page


def test_settings_named_in_the_pages_are_read() -> None:
    from excise.cli.scan import read_settings
    from excise.enforcement.gateways import gateway_kinds
    from excise.service.settings import Settings

    for page in PAGES:
        for table, key in re.findall(r"`\[([\w.]+)\] (\w+)`", page.read_text(encoding="utf-8")):
            settings: object = read_settings(None)
            if not hasattr(settings, table.partition(".")[0]):
                settings = Settings()
            for part in (*table.split("."), key):
                settings = gateway_kinds()[part] if isinstance(settings, dict) else getattr(settings, part)
            assert settings is not None


def test_the_readme_is_short_and_shows_a_result_early() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) < 100
    first = next(n for n, line in enumerate(lines, 1) if re.search(r"campaign-[0-9a-f]{8} ", line))
    assert first <= 25


def test_the_readme_and_ci_run_the_same_tests() -> None:
    ran = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert {"make check", "make docs", "make test"} <= set(ran)
    assert re.search(r"^make test  ", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)


def test_the_readmes_result_is_what_the_demo_prints(tmp_path: Path) -> None:
    """Costs some ten seconds: composes the demo's world and scans it."""
    ran = subprocess.run(
        [sys.executable, "-m", "excise", "demo"],
        cwd=tmp_path,
        env={
            "PYTHONPATH": str(ROOT / "src"),
            "PATH": "/usr/bin:/bin",
            "HOME": str(tmp_path),
            "COLUMNS": "100",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    printed = [line.rstrip() for line in ran.stdout.splitlines()]
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    if REWRITE:
        shown = "\n".join(shortened(printed))
        block = re.compile(r"(and shows:\n\n```text\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
        text = block.sub(rf"\g<1>{shown}\n", text)
        readme.write_text(text, encoding="utf-8")
    found = re.search(r"and shows:\n\n```text\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    shown = [line for line in found[1].splitlines() if line not in {"", "..."}]
    assert len(shown) >= 8
    places = [printed.index(line) for line in shown]
    assert places == sorted(places)


def shortened(printed: list[str]) -> list[str]:
    """The table of campaigns, the first campaign's reasons, and what the truth says."""
    first = next(n for n, line in enumerate(printed) if re.match(r"campaign-[0-9a-f]{8}: ", line))
    blank = printed.index("", first)
    truth = [line for line in printed if line.startswith("Against the truth:")]
    return [*printed[: blank + 1], "...", "", *truth]


def test_versions_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    import excise

    assert project["version"] == excise.__version__
