"""The "add one file" pages: their files go into a copy of the tree, and into an outside package, and run."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "docs" / "add").glob("*.md"))
BLOCK = re.compile(
    r"^`(?P<place>(?:src|tests)/[\w/]+\.\w+)`:\n\n```\w+\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL
)
POINTS = re.compile(
    r'^\[project\.entry-points\."(?P<group>[\w.]+)"\]\n(?P<points>.*?)^```$', re.MULTILINE | re.DOTALL
)


def files() -> dict[str, str]:
    """The files that the pages tell one to write, by their place in the tree."""
    return {
        found["place"]: found["code"] for page in PAGES for found in BLOCK.finditer(page.read_text("utf-8"))
    }


def run(arguments: list[str | Path], folder: Path, *search: Path) -> str:
    """Run Python in a folder, with the given packages before the installed ones."""
    ran = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={
            "PYTHONPATH": ":".join(map(str, search)),
            "PATH": "/usr/bin:/bin",
            "HOME": str(folder),
            "EXCISE_SECRET_FILE": str(folder / "secret.toml"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
    return ran.stdout


def write_log(path: Path) -> None:
    """Write a log of the page's format: sixty customers, and two accounts of one end user that fail."""
    lines: list[dict[str, object]] = [
        {"ts": 1.76e9 + 977 * n + 60 * k, "acct": f"acct-{n}", "prompt": f"What is {n} and {k}?"}
        for n in range(60)
        for k in range(25)
    ]
    lines += [
        {
            "ts": 1.76e9 + 300 * n,
            "acct": f"twin-{n % 2}",
            "prompt": f"Solve problem {n}, step by step.",
            "status": 429 if n % 4 > 1 else 200,
            "customer": "worker-77",
            "ip": "198.51.100.9",
        }
        for n in range(400)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")


def test_each_page_tells_one_file_and_its_test() -> None:
    folders = {
        "countermeasure": "changes",
        "detector": "detectors",
        "feature": "features",
        "format": "formats",
        "gateway": "gateways",
        "method": "methods",
        "suspect": "suspects",
        "tie": "ties",
    }
    assert [page.stem for page in PAGES] == sorted(folders)
    for page in PAGES:
        places = [Path(found["place"]) for found in BLOCK.finditer(page.read_text("utf-8"))]
        source, test, *golden = places
        assert {place.stem for place in golden} <= {source.stem}
        assert source.parent.name == test.parent.name == folders[page.stem]
        assert test.name == f"test_{source.name}"
        assert not (ROOT / source).exists()


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A copy of the tree with the pages' files added, and nothing else changed."""
    skipped = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=skipped)
    shutil.copytree(ROOT / "tests", tmp_path / "tests", ignore=skipped)
    for name in ("pyproject.toml", ".importlinter"):
        shutil.copy(ROOT / name, tmp_path)
    for place, code in files().items():
        assert not (tmp_path / place).exists()
        (tmp_path / place).write_text(code, "utf-8")
    return tmp_path


def test_one_file_each_is_all_it_takes(tree: Path) -> None:
    """The new members pass their own tests, the tests of all members, and the linter."""
    places = [place for place in files() if place.endswith(".py")]
    run(["-m", "ruff", "format", "--no-cache", "--check", *places], tree)
    run(["-m", "ruff", "check", "--no-cache", *places], tree)
    tests = [place for place in places if place.startswith("tests/")]
    for_all = [
        "tests/test_conformance.py",
        "tests/ingest/formats/test_conformance.py",
        "tests/test_architecture.py::test_every_file_has_its_test",
    ]
    names = [Path(place).stem for place in places if place.startswith("src/")]
    chosen = " or ".join([*names, "has_its_test"])
    said = run(["-m", "pytest", "-p", "no:cacheprovider", "-k", chosen, *tests, *for_all], tree, tree / "src")
    assert int(re.findall(r"(\d+) passed", said)[0]) >= 25, said


def test_a_scan_uses_what_was_added(tree: Path) -> None:
    write_log(tree / "gateway.jsonl")
    run(["-m", "excise", "scan", "gateway.jsonl", "--out", "out", "--workers", "1"], tree, tree / "src")
    lines = (tree / "out" / "verdicts.jsonl").read_text("utf-8").splitlines()
    verdicts = {verdict["account"]: verdict for verdict in map(json.loads, lines)}
    assert len(verdicts) == 62
    assert verdicts["twin-0"]["actor"] == verdicts["twin-1"]["actor"]
    because = {one["signal"]: one["text"] for one in verdicts["twin-0"]["because"]}
    assert because["undeterred"] == "50% of its 400 exchanges failed, and it went on"


def test_the_same_files_work_in_a_package_of_ones_own(tmp_path: Path) -> None:
    site = tmp_path / "site"
    package, info = site / "our_excise", site / "our_excise-1.0.dist-info"
    package.mkdir(parents=True)
    info.mkdir()
    (package / "__init__.py").write_text("")
    for place, code in files().items():
        if place.startswith("src/"):
            (package / Path(place).name).write_text(code, "utf-8")
    points = "".join(
        f"[{found['group']}]\n{found['points'].replace(chr(34), '')}\n"
        for page in PAGES
        for found in POINTS.finditer(page.read_text("utf-8"))
    )
    (info / "entry_points.txt").write_text(points)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: our-excise\nVersion: 1.0\n")
    write_log(tmp_path / "gateway.jsonl")
    search = (site, ROOT / "src")
    run(["-m", "excise", "scan", "gateway.jsonl", "--out", "out", "--workers", "1"], tmp_path, *search)
    text = (tmp_path / "out" / "verdicts.jsonl").read_text("utf-8")
    assert "exchanges failed, and it went on" in text
    code = (
        "from excise.lineage.methods import Method\n"
        "from excise.lineage.opening import open_suspect\n"
        "from excise.countermeasures.changes import change\n"
        "from excise.open_folder import member\n"
        "suspect = open_suspect('ollama:http://localhost:11434#m')\n"
        "suspect.close()\n"
        "print(suspect.name, change('token_counts').unit)\n"
        "print(member('excise.lineage.methods', Method, 'beginnings')().settings)\n"
    )
    said = run(["-c", code], tmp_path, *search)
    assert said == "ollama:http://localhost:11434#m figures\n(('max_tokens', '24'),)\n"
