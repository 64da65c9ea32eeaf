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


class Deployed:
    """A data folder with a case in it, of three accounts that act as one; ``run`` runs verbs on it as Ann."""

    def __init__(self, folder: Path, run: Run) -> None:
        from excise.casework.standing import Round, Standing
        from excise.detection.campaign import Because, Campaign
        from excise.report.progress import now_s
        from excise.service.deployment import opened
        from excise.service.folder import Folder

        self.folder, self._run, self._opened, self._now_s = folder, run, opened, now_s
        Folder(folder).begin(now_s=now_s(), passphrase="a long passphrase")
        because = (Because(signal="metronome", weight=3.0, text="even gaps"),)
        campaign = Campaign(
            name="campaign-a",
            actor="actor-a",
            sentence="3 accounts act as one",
            accounts=("acct_0", "acct_1", "acct_2"),
            bits=14.0,
            rank=20.0,
            ceiling_bits=15.0,
            exchanges=72,
            tokens_out=100,
            started_at_s=START_S,
            ended_at_s=START_S + 9.0,
            because=because,
            links=(),
        )
        standings = tuple(
            Standing(
                account=account,
                actor="actor-a" if account != "honest" else "actor-h",
                bits=14.0,
                rank=20.0,
                campaign="campaign-a" if account != "honest" else None,
                exchanges=24 if account != "honest" else 90_000,
                tokens_out=50,
                started_at_s=START_S,
                ended_at_s=START_S + 9.0,
                because=because,
            )
            for account in (*campaign.accounts, "honest")
        )
        found = Round(at_s=START_S, standings=standings, campaigns=(campaign,))
        with self.opened() as deployment:
            received = deployment.state.standings.receive(found, deployment.policy, now_s=now_s())
        self.case = received.opened[0]

    def opened(self):
        """Open it, as a verb does."""
        return self._opened(self.folder, None, now_s=self._now_s())

    def run(self, *arguments: str, by: str = "ann") -> tuple[int, str, str]:
        """Run a verb on it."""
        return self._run(*arguments, "--data", str(self.folder), "--by", by)

    def decision(self, kind: str = "block") -> str:
        """Return the id of the decision of a kind that there is in the case."""
        from excise.casework.decision import DecisionFilter, Kind

        with self.opened() as deployment:
            asked = DecisionFilter(case=self.case, kind=Kind(kind))
            return deployment.state.decisions.list(asked).decisions[0].id


@pytest.fixture
def deployed(tmp_path: Path, run: Run) -> Deployed:
    return Deployed(tmp_path / "data", run)
