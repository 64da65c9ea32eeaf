"""The command line of ``excise serve``; tests/service runs it."""

import pytest
from click.exceptions import BadParameter

from excise.cli import Place


@pytest.mark.parametrize(
    ("text", "place"),
    [("127.0.0.1:8400", ("127.0.0.1", 8400)), ("[::1]:1", ("::1", 1)), ("example.org:0", ("example.org", 0))],
)
def test_a_place_is_a_host_and_a_port(text: str, place: tuple[str, int]) -> None:
    assert Place().convert(text, None, None) == place


@pytest.mark.parametrize("text", ["8400", ":8400", "h:", "h:x", "h:70000"])
def test_nothing_else_is_a_place(text: str) -> None:
    with pytest.raises(BadParameter, match="a host and a port"):
        Place().convert(text, None, None)


def test_a_certificate_needs_its_key(run, tmp_path) -> None:
    (tmp_path / "cert.pem").touch()
    code, _, said = run("serve", "--tls-cert", "cert.pem")
    assert code == 2
    assert "--tls-key" in said


def test_a_folder_that_is_something_else_is_left_alone(run, tmp_path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "thesis.tex").touch()
    code, _, said = run("serve", "--data", "other")
    assert code == 2
    assert "--data" in said
