import subprocess
import sys
from pathlib import Path

import pytest

import excise
from excise.cli.lineage._running import method_of
from excise.errors import BadSetting


def test_settings_are_names_and_values():
    settings = dict(method_of("keys", ["fresh=7", " samples = 2 "]).settings)
    assert (settings["fresh"], settings["samples"]) == ("7", "2")
    with pytest.raises(BadSetting, match="say NAME=VALUE"):
        method_of("keys", ["fresh"])


def test_every_command_has_help(lineage):
    code, said, _ = lineage("--help")
    assert code == 0
    for name in ("canary", "draw-twins", "keys", "kinship", "protocol", "twins", "verify"):
        assert f"\n  {name} " in said
        assert lineage(name, "--help")[0] == 0


def test_a_suspect_that_is_none_is_told(lineage, case, tmp_path):
    code, _, complained = lineage(
        *("twins", "--served", case.served, "--twins", case.twins, "--suspect", "nonsense"),
        *("--out", tmp_path / "finding-1"),
    )
    assert code == 2
    assert "'nonsense' is no suspect; say SCHEME:WHERE" in complained


def test_without_the_extra_it_says_what_to_install(tmp_path):
    """In a process in which none of the extra's packages can be imported, and with no traceback."""
    code = (
        "import sys\n"
        "class No:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.partition('.')[0] in {'cryptography', 'httpx', 'rfc3161_client', 'rfc8785',\n"
        "                                      'tokenizers', 'torch', 'transformers'}:\n"
        "            raise ModuleNotFoundError(f'No module named {name!r}', name=name)\n"
        "sys.meta_path.insert(0, No())\n"
        "from excise.cli import main\n"
        "main(sys.argv[1:])\n"
    )
    for words, expected in ((["lineage", "verify", "."], 2), (["--help"], 0), (["scan", "--help"], 0)):
        ran = subprocess.run(
            [sys.executable, "-c", code, *words],
            cwd=tmp_path,
            env={"PYTHONPATH": str(Path(excise.__file__).parents[1]), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == expected, ran.stderr
        if expected:
            assert "which is not there; say: pip install 'excise[lineage]'" in ran.stderr
            assert "Traceback" not in ran.stderr


def test_scanning_imports_no_torch(tmp_path):
    code = (
        "import sys, excise, excise.cli.scan, excise.cli.prove, excise.cli.lineage\n"
        "assert not {'torch', 'transformers', 'httpx'} & set(sys.modules)"
    )
    subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path(excise.__file__).parents[1]), "PATH": "/usr/bin:/bin"},
        check=True,
    )
