import pytest

from excise.observation.signing import Signer


@pytest.fixture
def finding(lineage, case, tmp_path):
    out = tmp_path / "finding-1"
    code, _, complained = lineage(
        *("twins", "--served", case.served, "--twins", case.twins, "--suspect", f"hf:{case.teacher}"),
        *("--out", out, "--budget", 30),
    )
    assert code == 0, complained
    return out


def test_a_finding_holds_until_a_byte_is_changed(lineage, finding, tmp_path):
    code, said, _ = lineage("verify", finding)
    assert code == 0
    assert said.endswith("This finding is as it was signed.\n")
    key = Signer.open(tmp_path / "keys" / "signing.pem").public_key
    assert lineage("verify", finding, "--signer", key)[0] == 0
    code, said, _ = lineage("verify", finding, "--signer", "00" * 32)
    assert code == 1
    assert "fails  signer: signed by" in said
    page = finding / "finding.html"
    page.write_bytes(page.read_bytes().replace(b"No evidence", b"Evidence   ", 1))
    code, said, _ = lineage("verify", finding)
    assert code == 1
    assert "fails  files: finding.html was changed" in said
    assert said.endswith("This finding is not as it was signed.\n")


def test_a_root_that_is_none_is_told(lineage, finding, tmp_path):
    (tmp_path / "roots.pem").write_text("none")
    code, _, complained = lineage("verify", finding, "--tsa-root", tmp_path / "roots.pem")
    assert code == 2
    assert "no certificate in PEM" in complained
