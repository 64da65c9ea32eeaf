"""A file is a verb; what a verb returns or raises is the exit code."""

import click
import pytest

from excise import __version__
from excise.cli import verbs


def test_the_verbs_are_the_files(run) -> None:
    code, said, _ = run("--help")
    assert code == 0
    for name in ("demo", "doctor", "forget", "prove", "rekey", "scan"):
        assert f"\n  {name} " in said
    assert verbs.get_command(click.Context(verbs), "conftest") is None


@pytest.mark.parametrize("name", verbs.list_commands(click.Context(verbs)))
def test_every_verb_and_option_is_described(name, run) -> None:
    command = verbs.get_command(click.Context(verbs), name)
    assert command is not None
    assert command.name == name
    assert command.help
    for option in command.params:
        assert not isinstance(option, click.Option) or option.help, option.name
    for flag in ("-h", "--help"):
        assert run(name, flag)[0] == 0


def test_version(run) -> None:
    assert run("--version") == (0, f"excise, version {__version__}\n", "")


def test_an_unknown_verb_leaves_with_two(run) -> None:
    code, said, error = run("scam")
    assert (code, said) == (2, "")
    assert "No such command 'scam'" in error


def test_an_interruption_says_that_nothing_is_lost(run, monkeypatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("excise.cli.doctor.examine", interrupted)
    code, _, error = run("doctor", "log.jsonl")
    assert code == 130
    assert "the same command goes on from there" in error
