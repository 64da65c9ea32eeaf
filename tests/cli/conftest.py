"""Runs the command line in a folder of its own."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from excise.cli import main

START_S = 1_759_708_800.0  # 2025-10-06 00:00 UTC

Run = Callable[..., tuple[int, str, str]]


def log_line(n: int, account: str, at_s: float, text: str) -> str:
    """One line of a log in the LiteLLM format."""
    record = {
        "id": f"chatcmpl-{n:08x}",
        "call_type": "acompletion",
        "startTime": at_s,
        "endTime": at_s + 1.5,
        "model": "atlas-1",
        "status": "success",
        "metadata": {"user_api_key_user_id": account, "requester_ip_address": f"198.51.100.{n % 7}"},
        "messages": [{"role": "user", "content": text}],
        "response": {"choices": [{"message": {"role": "assistant", "content": "It is so."}}]},
    }
    return json.dumps(record) + "\n"


@pytest.fixture
def write_log() -> Callable[[Path], int]:
    """Writes a log of three accounts over three days, and returns how many exchanges it holds."""

    def write(path: Path) -> int:
        lines = [
            log_line(n, f"acct_{n % 3}", START_S + 3_600.0 * n, f"What comes after {n}?") for n in range(72)
        ]
        path.write_text("".join(lines), "utf-8")
        return len(lines)

    return write


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line, and returns its exit code and what it said on both streams."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXCISE_SECRET_FILE", str(tmp_path / "secret.toml"))
    monkeypatch.setenv("COLUMNS", "100")

    def command(*arguments: str) -> tuple[int, str, str]:
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        said = capfd.readouterr()
        code = ended.value.code
        assert isinstance(code, int)
        return code, said.out, said.err

    return command
