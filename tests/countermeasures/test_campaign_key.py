import hmac
import pickle
import stat

import pytest

from excise.countermeasures.campaign_key import (
    CampaignKey,
    KeyFile,
    Master,
    derive,
    master_file,
    read_private,
)
from excise.errors import BadSetting


@pytest.fixture
def tokenizer(tmp_path):
    file = tmp_path / "tokenizer.json"
    file.write_text("{}")
    return file


def key_file(tokenizer):
    key = Master(bytes(32)).campaign("campaign-7")
    return KeyFile.of(key, countermeasure="green_list", settings=(("share", "0.25"),), tokenizer=tokenizer)


def test_the_master_is_made_once_and_for_its_owner_only(tmp_path):
    path = tmp_path / "deep" / "watermark.secret"
    first = Master.open(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert Master.open(path).campaign("a").secret == first.campaign("a").secret
    assert list(path.parent.iterdir()) == [path]


def test_a_master_that_others_can_read_is_refused(tmp_path):
    path = tmp_path / "watermark.secret"
    Master.open(path)
    path.chmod(0o640)
    with pytest.raises(BadSetting, match="chmod 600"):
        Master.open(path)


@pytest.mark.parametrize("content", [b"", b"ab" * 31, b"ab" * 33, b"not hex at all", b"\xff\xfe"])
def test_a_master_that_is_none_is_refused(tmp_path, content):
    path = tmp_path / "watermark.secret"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(BadSetting, match="restore it from a back-up"):
        Master.open(path)


def test_the_environment_says_where_the_master_is(tmp_path, monkeypatch):
    monkeypatch.setenv("EXCISE_WATERMARK_SECRET", str(tmp_path / "here"))
    assert master_file() == tmp_path / "here"
    Master.open()
    assert (tmp_path / "here").exists()


def test_campaign_keys_differ_and_come_again():
    one, other = Master(bytes(32)), Master(b"\1" * 32)
    secrets = {one.campaign(name).secret for name in ("a", "b", "a ", "A")}
    assert len(secrets) == 4
    assert one.campaign("a").secret == Master(bytes(32)).campaign("a").secret
    assert one.campaign("a").secret != other.campaign("a").secret


def test_derivation_is_hkdf_as_the_standard_has_it():
    """RFC 5869, computed by hand: extract, then expand."""
    pseudorandom = hmac.digest(b"excise watermark", bytes(32), "sha256")
    assert derive(bytes(32), "id") == hmac.digest(pseudorandom, b"id\1", "sha256")


@pytest.mark.parametrize("name", ["", "x" * 201])
def test_a_campaign_has_a_name(name):
    with pytest.raises(BadSetting, match="1 to 200 characters"):
        Master(bytes(32)).campaign(name)


def test_secrets_show_nothing_of_themselves(tokenizer):
    master = Master(b"\x5a" * 32)
    key = master.campaign("c")
    file = KeyFile.of(key, countermeasure="green_list", settings=(), tokenizer=tokenizer)
    for one in (master, key, file):
        assert key.secret.hex() not in repr(one)
        assert "5a5a" not in repr(one)
    for one in (master, key):
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(one)


def test_a_key_has_its_length():
    for made in (lambda: CampaignKey("c", b"short"), lambda: Master(b"short")):
        with pytest.raises(BadSetting, match="32 bytes, this one 5"):
            made()


def test_a_key_file_comes_back(tmp_path, tokenizer):
    path = tmp_path / "campaign-7.key"
    file = key_file(tokenizer)
    file.write(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert KeyFile.read(path) == file
    assert KeyFile.read(path).key.secret == Master(bytes(32)).campaign("campaign-7").secret
    assert file.tokenizer_file(path) == tokenizer


def test_a_key_file_is_not_overwritten(tmp_path, tokenizer):
    path = tmp_path / "campaign-7.key"
    key_file(tokenizer).write(path)
    before = path.read_bytes()
    with pytest.raises(BadSetting, match="is there already"):
        key_file(tokenizer).write(path)
    assert path.read_bytes() == before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["campaign-7.key", "tokenizer.json"]


def test_another_tokenizer_is_noticed(tmp_path, tokenizer):
    path = tmp_path / "campaign-7.key"
    key_file(tokenizer).write(path)
    tokenizer.write_text('{"other": 1}')
    with pytest.raises(BadSetting, match="another tokenizer"):
        KeyFile.read(path).tokenizer_file(path)
    tokenizer.unlink()
    with pytest.raises(BadSetting, match=r"name the serving model's tokenizer\.json"):
        KeyFile.read(path).tokenizer_file(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'{"campaign": "c"}',
        b'{"campaign":"c","countermeasure":"g","settings":{},"secret":"zz","tokenizer":"t"}',
        b'{"campaign":"c","countermeasure":"g","settings":{},"secret":"00","tokenizer":"t"}',
        b'{"campaign":"c","countermeasure":"g","settings":{},"secret":"%s","tokenizer":"t","kind":"x"}'
        % (b"00" * 32),
    ],
)
def test_what_is_no_key_file_is_refused(tmp_path, content):
    path = tmp_path / "campaign-7.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(BadSetting, match=r"campaign-7\.key: "):
        KeyFile.read(path)


def test_a_key_file_that_is_not_there_or_open_to_others_is_refused(tmp_path):
    with pytest.raises(BadSetting, match="name a key file"):
        KeyFile.read(tmp_path / "none.key")
    path = tmp_path / "open.key"
    path.write_bytes(b"x")
    path.chmod(0o644)
    with pytest.raises(BadSetting, match="take another key"):
        read_private(path)
