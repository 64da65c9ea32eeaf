"""The wheel holds all that the package needs: it installs and runs where there is no source tree."""

import json
import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

pytest.importorskip("hatchling", reason="the wheel is built with hatchling, which make setup installs")

ROOT = Path(__file__).parents[1]
LINE = {
    "call_type": "acompletion",
    "model": "atlas-1",
    "messages": [{"role": "user", "content": "How far is the moon?"}],
}


def run(*arguments: str | Path, folder: Path) -> str:
    """Run a program in a folder, with no way to find the source tree."""
    env = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "EXCISE_SECRET_FILE": str(folder / "secret.toml")}
    ran = subprocess.run(arguments, cwd=folder, env=env, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, as it would be published."""
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", out],
        cwd=ROOT,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1760000000"},
        check=True,
        capture_output=True,
    )
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment of its own that has the wheel; its dependencies are those of this environment."""
    home = tmp_path_factory.mktemp("elsewhere")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", home / "venv"], check=True)
    site = Path(
        run(
            home / "venv" / "bin" / "python",
            "-c",
            "import sysconfig; print(sysconfig.get_path('purelib'))",
            folder=home,
        ).strip()
    )
    pip = [sys.executable, "-m", "pip", "--python", home / "venv" / "bin" / "python"]
    flags = ["--quiet", "--no-deps", "--no-index", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", *flags, wheel], check=True, capture_output=True)
    # a line of a .pth file adds a folder and reads none of the folder's own .pth files: no editable install
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return home


def test_every_data_file_is_in_the_wheel(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    source = ROOT / "src"
    there = {
        str(path.relative_to(source))
        for path in (source / "excise").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    there |= {f"excise/measured/{path.name}" for path in (ROOT / "docs" / "measured").iterdir()}
    assert there - held == set()
    assert {name for name in held - there if ".dist-info/" not in name} == set()
    for suffix in (".toml", ".csv", ".j2", ".css", ".js"):
        assert any(name.endswith(suffix) for name in there), suffix
    assert any(name.endswith("py.typed") for name in there)
    assert any(name.endswith("licenses/LICENSE") for name in held)


def test_it_runs_with_no_source_tree(installed: Path) -> None:
    python, excise = installed / "venv" / "bin" / "python", installed / "venv" / "bin" / "excise"
    where = run(python, "-c", "import excise; print(excise.__file__)", folder=installed)
    assert where.startswith(str(installed))
    assert run(excise, "--version", folder=installed).startswith("excise, version ")

    lines = [
        LINE
        | {
            "id": f"r{n}",
            "startTime": 1.76e9 + 60 * n,
            "metadata": {"user_api_key_user_id": f"acct_{n % 5}"},
        }
        for n in range(50)
    ]
    (installed / "log.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    run(excise, "scan", "log.jsonl", "--out", "out", "--workers", "2", folder=installed)
    verdicts = [json.loads(line) for line in (installed / "out" / "verdicts.jsonl").read_text().splitlines()]
    assert [verdict["account"] for verdict in verdicts] == [f"acct_{n}" for n in range(5)]
    report = (installed / "out" / "report.html").read_text("utf-8")
    assert report[:15].lower() == "<!doctype html>"
    run(excise, "doctor", "log.jsonl", folder=installed)
