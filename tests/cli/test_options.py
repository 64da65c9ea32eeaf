"""Numbers that are none, and processes that were started with less than the usual streams."""

import os
import subprocess
import sys
from pathlib import Path

import click
import pytest

from excise.cli import Finite

SOURCE = Path(__file__).parents[2] / "src"


@pytest.mark.parametrize("wrong", ["nan", "NaN", "inf", "-inf", "1e400", "-0.1", "1.1", "much"])
def test_only_a_number_within_its_bounds_is_taken(wrong: str) -> None:
    with pytest.raises(click.BadParameter):
        Finite(0, 1).convert(wrong, None, None)


def test_bounds_are_within() -> None:
    assert [Finite(0, 1).convert(text, None, None) for text in ("0", "0.5", "1")] == [0.0, 0.5, 1.0]


@pytest.mark.parametrize(
    "given",
    [
        ("scan", "log.jsonl", "--max-reject-share", "nan"),
        ("scan", "log.jsonl", "--max-reject-share", "-1"),
        ("scan", "log.jsonl", "--seed", "99999999999999999999"),
        ("scan", "log.jsonl", "--seed", "-1"),
        ("scan", "log.jsonl", "--replay", "100000000"),
        ("demo", "--seed", "99999999999999999999"),
        ("rekey", "--overlap-days", "nan"),
        ("rekey", "--overlap-days", "inf"),
        ("rekey", "--overlap-days", "-1"),
    ],
)
def test_no_verb_takes_a_number_that_means_nothing(run, tmp_path, given) -> None:
    code, said, error = run(*given)
    assert (code, said) == (2, "")
    assert f"Invalid value for '{given[-2]}'" in error
    assert list(tmp_path.iterdir()) == [], "nothing was begun"


def excise(folder: Path, *given: str, **streams: object) -> "subprocess.CompletedProcess[bytes]":
    environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(SOURCE), "EXCISE_SECRET_FILE": str(folder / "s")}
    options = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "excise", *given]
    return subprocess.run(command, cwd=folder, env=environ | options, check=False, **streams)  # type: ignore[call-overload,no-any-return]


def test_a_terminal_of_few_characters_is_shown_codes(tmp_path, write_log) -> None:
    write_log(tmp_path / "log.jsonl")
    ran = excise(tmp_path, "doctor", "log.jsonl", capture_output=True)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert b"\\u2588" in ran.stdout


def test_standard_input_may_be_closed(tmp_path, write_log) -> None:
    write_log(tmp_path / "log.jsonl")
    for verb, log, code in (("doctor", "log.jsonl", 0), ("doctor", "-", 2)):
        ran = excise(tmp_path, verb, log, capture_output=True, preexec_fn=lambda: os.close(0))
        assert ran.returncode == code
        assert b"Traceback" not in ran.stderr


@pytest.mark.parametrize("given", [("case", "list"), ("decide", "list"), ("backup", "b.gz")])
def test_without_the_extra_a_verb_says_what_to_install_and_the_others_work(tmp_path, given) -> None:
    code = "import sys; sys.modules['sqlalchemy'] = None; from excise.cli import main; main(sys.argv[1:])"

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=tmp_path,
            env={"PYTHONPATH": str(SOURCE), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )

    ran = run(*given)
    assert ran.returncode == 2
    assert "sqlalchemy is not installed; install it with: pip install 'excise[serve]'" in ran.stderr
    assert "Traceback" not in ran.stderr
    assert run("scan", "--help").returncode == 0
