import pytest

from excise.enforcement.settings import read_settings
from excise.errors import BadSetting


def test_the_environment_outranks_the_file(tmp_path):
    path = tmp_path / "excise.toml"
    path.write_text(
        '[gateway]\nurl = "http://file.example"\nwait_s = 3.0\n[gateway.desk]\nfail = "closed"\n'
        '[gateway.desk.identity]\naccount_header = "x-account"\n[gateway.capture]\nenabled = false\n[other]\nx = 1\n'  # noqa: E501
    )
    settings = read_settings(
        {
            "EXCISE_GATEWAY_CONFIG": str(path),
            "EXCISE_URL": "http://environment.example",
            "EXCISE_TOKEN": "t",
            "EXCISE_SPOOL": "/spool",
        }
    )
    assert (settings.url, settings.wait_s, settings.token) == ("http://environment.example", 3.0, "t")
    assert (settings.desk.fail, settings.desk.identity.account_header) == ("closed", "x-account")
    assert (settings.capture.enabled, settings.capture.spool) == (False, "/spool")


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("[gateway]\nwait = 3\n", r"`wait`.*Did you mean \[gateway\] wait_s\?"),
        ("[gateway.desk.identity]\nacount_header = 'x'\n", r"\[gateway.desk.identity\] account_header"),
        ("[gateway.desk]\nfail = 'ajar'\n", "ajar"),
        ("[gateway\n", "excise.toml"),
        ("[gateway.desk.wording.block]\nstatus=403\ntype='t'\ncode=''\nmessage='{who}'\n", r"no \{who\}"),
    ],
)
def test_what_is_wrong_is_said_with_the_nearest_name(tmp_path, text, match):
    path = tmp_path / "excise.toml"
    path.write_text(text)
    with pytest.raises(BadSetting, match=match):
        read_settings({"EXCISE_GATEWAY_CONFIG": str(path)})


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(BadSetting, match="EXCISE_GATEWAY_CONFIG names it"):
        read_settings({"EXCISE_GATEWAY_CONFIG": str(tmp_path / "no.toml")})


def test_a_token_does_not_stand_in_a_file(tmp_path):
    path = tmp_path / "excise.toml"
    path.write_text("[gateway]\ntoken = 'secret'\n")
    assert read_settings({"EXCISE_GATEWAY_CONFIG": str(path)}).token == ""
