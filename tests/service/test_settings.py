"""Settings: what is there not is refused with what was meant, and so is a number that makes no sense."""

import pytest

from excise.errors import BadSetting
from excise.service.settings import Settings, read


def _read(tmp_path, text):
    path = tmp_path / "serve.toml"
    path.write_text(text)
    return read(path)


def test_none_is_all_defaults_and_a_file_changes_what_it_says(tmp_path):
    assert read(None) == Settings()
    found = _read(
        tmp_path, '[limits]\nbody_bytes = 10\n[console]\nsecure = true\n[[tail]]\npath = "x*.jsonl"\n'
    )
    assert (found.limits.body_bytes, found.console.secure, found.tail[0].path) == (10, True, "x*.jsonl")
    assert found.limits.head_s == Settings().limits.head_s


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[limits]\nbodybytes = 1\n", "body_bytes"),
        ("[limits]\nbody_s = 'long'\n", "body_s"),
        ("[limits]\nbody_s = -1\n", "body_s"),
        ("[loop]\nevery_s = 0\n", "every_s"),
        ("[loop]\nevery_s = inf\n", "every_s"),
        ("[console.company]\nissuer = 'x'\n", "client_id"),
        ("limits = [\n", "serve.toml"),
    ],
)
def test_what_is_wrong_is_named_with_what_was_meant(tmp_path, text, named):
    with pytest.raises(BadSetting, match=named):
        _read(tmp_path, text)
