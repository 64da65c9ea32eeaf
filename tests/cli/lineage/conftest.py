"""The commands of lineage, on the models and the endpoint that the tests of lineage have."""

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from excise.cli import main

_FILE = Path(__file__).parents[2] / "lineage" / "conftest.py"
_SPEC = importlib.util.spec_from_file_location("lineage_fixtures", _FILE)
assert _SPEC is not None
assert _SPEC.loader is not None
_FIXTURES = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_FIXTURES)

torch = _FIXTURES.torch
tiny_model = _FIXTURES.tiny_model
case = _FIXTURES.case
_server = _FIXTURES._server
endpoint = _FIXTURES.endpoint
authority = _FIXTURES.authority


@pytest.fixture
def lineage(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Runs ``excise lineage``: the exit code, and what was printed and complained of."""
    monkeypatch.setenv("EXCISE_SIGNING_KEY", str(tmp_path / "keys" / "signing.pem"))
    monkeypatch.delenv("EXCISE_TSA", raising=False)

    def run(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as left:
            main(["lineage", *map(str, words)])
        said = capsys.readouterr()
        return left.value.code, said.out, said.err

    return run


@pytest.fixture
def prompts(tmp_path: Path) -> Path:
    """A file of prompts."""
    path = tmp_path / "prompts.jsonl"
    path.write_text("".join(json.dumps({"prompt": f"fox {at}"}) + "\n" for at in range(6)), "utf-8")
    return path
