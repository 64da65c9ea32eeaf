"""The tree of errors is drawn whole; each text says place, thing and way out, as a golden file holds.

To rewrite it after a text was changed on purpose: ``EXCISE_REWRITE=1 make test``.
"""

import importlib
import os
import pkgutil
import re
from collections.abc import Callable
from pathlib import Path

import pytest

import excise
from excise import errors
from excise.cli import main
from excise.errors import ExciseError, UnknownMember

GOLDEN = Path(__file__).parent / "errors.txt"
LINE = (
    b'{"id":"r1","call_type":"acompletion","startTime":1759708800.0,'
    b'"metadata":{"user_api_key_user_id":"ann"}}\n'
)


def every_error(root: type[ExciseError] = ExciseError) -> set[type[ExciseError]]:
    for info in pkgutil.walk_packages(excise.__path__, "excise."):
        if not info.name.endswith("__main__"):
            importlib.import_module(info.name)
    found, left = set[type[ExciseError]](), [root]
    while left:
        for kind in left.pop().__subclasses__():
            if kind.__module__.startswith("excise."):
                found.add(kind)
                left.append(kind)
    return found


def test_the_tree_is_drawn_whole() -> None:
    drawn = re.findall(r"[├└]── (\w+) ", errors.__doc__ or "")
    assert sorted(drawn) == sorted(kind.__name__ for kind in every_error())


def test_every_error_says_what_it_is_for() -> None:
    assert [kind.__name__ for kind in every_error() if not kind.__doc__] == []


def test_the_nearest_name_is_offered_only_where_one_is_near() -> None:
    far = str(UnknownMember.among("zzz", "formats", ["kong", "litellm"]))
    assert far == "formats has no member 'zzz'. There are: kong, litellm"


SITUATIONS = {
    "a log that is not there": ("scan", "absent.jsonl"),
    "a log of no known format": ("scan", "greetings.jsonl"),
    "a log that is no log": ("scan", "notes.txt"),
    "a format that there is not": ("scan", "log.jsonl", "--format", "litelm"),
    "a log of which most cannot be read": ("scan", "broken.jsonl"),
    "a settings file with a name misspelled": ("scan", "log.jsonl", "--settings", "misspelled.toml"),
    "a settings file with a wrong value": ("scan", "log.jsonl", "--settings", "wrong.toml"),
    "a settings file that is no TOML": ("scan", "log.jsonl", "--settings", "notes.txt"),
    "an account directory without accounts": ("scan", "log.jsonl", "--accounts", "greetings.jsonl"),
    "a list of networks without prefixes": ("scan", "log.jsonl", "--networks", "colors.csv"),
    "a store of another secret": ("scan", "log.jsonl", "--store", "store", "--secret-file", "other.toml"),
    "a secret that is none": ("scan", "log.jsonl", "--secret-file", "notes.txt"),
    "nothing to forget": ("forget", "--store", "store"),
    "a verb that there is not": ("scam", "log.jsonl"),
    "a trial that there is not": ("prove", "detecton"),
}
FILES = {
    "log.jsonl": LINE,
    "greetings.jsonl": b'{"greeting": "hello"}\n',
    "notes.txt": b"Buy milk.\n",
    "broken.jsonl": LINE + b'{"id": \n' * 9,
    "misspelled.toml": b"[detection]\nnamed_at_bit = 12\n",
    "wrong.toml": b'[detection]\nnamed_at_bits = "many"\n',
    "colors.csv": b"color,shade\nred,dark\n",
}


@pytest.fixture
def said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[tuple[str, ...]], str]:
    """Runs a command line that fails, and returns what it says; always the same on every machine."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EXCISE_SECRET_FILE", str(tmp_path / "secret.toml"))
    monkeypatch.setenv("COLUMNS", "100")
    for name, data in FILES.items():
        (tmp_path / name).write_bytes(data)
        (tmp_path / name).chmod(0o644)
    with pytest.raises(SystemExit) as ended:
        main(["scan", "log.jsonl", "--store", "store", "--out", "first"])
    assert ended.value.code == 0
    capsys.readouterr()

    def run(arguments: tuple[str, ...]) -> str:
        with pytest.raises(SystemExit) as ended:
            main(list(arguments))
        text = capsys.readouterr().err.replace(str(tmp_path), "FOLDER")
        assert ended.value.code == 2, text
        assert "Traceback" not in text
        # which members there are is no matter of this file: a new one changes no text
        text = re.sub(r"There are: .+", "There are: ...", text)
        return re.sub(r"\b[0-9a-f]{8,}\b", "HEX", text).strip()

    return run


def test_errors_say_the_place_the_thing_and_the_way_out(said: Callable[[tuple[str, ...]], str]) -> None:
    texts = [f"# {name}\n{said(arguments)}\n" for name, arguments in SITUATIONS.items()]
    if os.environ.get("EXCISE_REWRITE"):
        GOLDEN.write_text("\n".join(texts), encoding="utf-8")
    assert "\n".join(texts) == GOLDEN.read_text(encoding="utf-8")
