import pytest

from excise.errors import BadSetting
from excise.lineage.timestamps import NoTimestamp, check, roots_in, stamp


def test_a_stamp_says_when_and_by_whom(authority):
    token = stamp(b"data", authority.url)
    stamped = check(token, b"data", roots_in(authority.root))
    assert "CN=Test Time Stamping" in stamped.authority
    assert abs(stamped.at_s - authority.now_s()) < 60


def test_a_stamp_is_of_its_data_and_of_a_trusted_root(authority):
    token = stamp(b"data", authority.url)
    with pytest.raises(NoTimestamp, match="does not hold"):
        check(token, b"date", roots_in(authority.root))
    with pytest.raises(NoTimestamp, match="does not hold"):
        check(token, b"data", roots_in(authority.stranger))
    with pytest.raises(NoTimestamp, match="does not hold"):
        check(b"\x30\x00" + token, b"data", roots_in(authority.root))


def test_an_authority_that_does_not_answer_well_is_no_authority(authority):
    with pytest.raises(NoTimestamp, match="leave --tsa away"):
        stamp(b"data", authority.url + "/nothing")
    with pytest.raises(NoTimestamp, match="no time stamp"):
        stamp(b"data", authority.url + "/garbage")
    with pytest.raises(NoTimestamp, match="something else than what was sent"):
        stamp(b"data", authority.url + "/other")
    with pytest.raises(NoTimestamp):
        stamp(b"data", "http://127.0.0.1:9/")


def test_roots_are_certificates(tmp_path):
    (tmp_path / "roots.pem").write_bytes(b"none")
    with pytest.raises(BadSetting, match="no certificate in PEM"):
        roots_in(tmp_path / "roots.pem")
