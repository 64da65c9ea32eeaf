"""From the plan to the signed folder, with a real student, and the tampering that has to be noticed."""

import itertools
import json
import shutil

import pytest

from excise.errors import BadSetting
from excise.lineage import protocol
from excise.lineage.conducting import Sealing, as_before, conduct, freeze
from excise.lineage.manifest import seal
from excise.lineage.methods import Given, Method
from excise.lineage.opening import open_suspect
from excise.lineage.planning import Asking, Rule, plan
from excise.lineage.replies import read_replies
from excise.lineage.suspects import SuspectSilent, Terms
from excise.lineage.timestamps import NoTimestamp, roots_in
from excise.lineage.verifying import verify
from excise.observation.signing import Signer
from excise.open_folder import member

RULE = Rule(stop_at_bits=25.0, budget=1000, seed=3)


def planned(case, asking, rule=RULE, *, now_s=100.0, version="0"):
    method = member("excise.lineage.methods", Method, "twins")()
    given = Given(served=read_replies(case.served)[0], twins=read_replies(case.twins)[0])
    inputs = [
        protocol.Input.of("served", case.served, len(given.served)),
        protocol.Input.of("twins", case.twins, len(given.twins)),
    ]
    return plan("twins", method, given, inputs, asking=asking, rule=rule, version=version, now_s=now_s)


def local(case, *, controls=()):
    return Asking(
        open_suspect(f"hf:{case.student}"), tuple(open_suspect(f"hf:{folder}") for folder in controls)
    )


@pytest.fixture(scope="session")
def signer(tmp_path_factory):
    return Signer.open(tmp_path_factory.mktemp("keys") / "key.pem")


@pytest.fixture(scope="session")
def finding_folder(case, signer, authority, tmp_path_factory):
    """A finished finding, time-stamped and signed."""
    folder = tmp_path_factory.mktemp("finding") / "one"
    asking = local(case, controls=[case.teacher])
    ready = freeze(planned(case, asking), folder, authority.url)
    conduct(ready, asking, folder, Sealing(signer, authority.url), clock_s=itertools.count(200.0).__next__)
    return folder


def test_a_student_is_found_and_controls_are_not(finding_folder):
    finding = json.loads((finding_folder / "finding.json").read_bytes())
    suspect, control, placebo = finding["outcomes"]
    assert finding["bits"] >= 20
    assert [one["role"] for one in (suspect, control, placebo)] == ["suspect", "control", "placebo"]
    assert control["bits"] < 5
    assert placebo["bits"] < 5
    assert finding["protocol_sha256"] == protocol.read(finding_folder / "protocol.json").sha256


def test_a_finding_holds(finding_folder, signer, authority):
    checks = verify(finding_folder, signer=signer.public_key, roots=roots_in(authority.root))
    assert {one.verdict for one in checks} == {"holds"}, checks
    assert {one.what for one in checks} == {
        "signature",
        "signer",
        "files",
        "protocol",
        "protocol time stamp",
        "manifest time stamp",
    }


def test_any_byte_of_any_file_that_is_changed_is_caught(finding_folder, tmp_path):
    """Every file, at its ends and at places between; the signature at every byte."""
    folder = tmp_path / "copy"
    shutil.copytree(finding_folder, folder)
    files = sorted(folder.iterdir())
    assert {path.name for path in files} == {
        "finding.html",
        "finding.json",
        "manifest.json",
        "manifest.tsr",
        "protocol.json",
        "protocol.tsr",
        "queries.jsonl",
        "queries.parquet",
        "signature.json",
        "technical.html",
    }
    for path in files:
        whole = path.read_bytes()
        places = len(whole) if path.name == "signature.json" else 6 if len(whole) > 10**6 else 25
        step = max(len(whole) // places, 1)
        for at in {*range(0, len(whole), step), len(whole) - 1}:
            changed = bytearray(whole)
            changed[at] ^= 1 << (at % 8)
            path.write_bytes(changed)
            fails = [one for one in verify(folder) if one.verdict == "fails"]
            assert fails, (path.name, at)
        for other in (whole + b"\n", whole[:-1], b""):
            path.write_bytes(other)
            assert any(one.verdict == "fails" for one in verify(folder)), path.name
        path.unlink()
        said = " ".join(one.says for one in verify(folder) if one.verdict == "fails")
        assert path.name in said
        path.write_bytes(whole)
    assert not any(one.verdict == "fails" for one in verify(folder))


def test_what_is_added_is_caught(finding_folder, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(finding_folder, folder)
    (folder / "more").mkdir()
    assert not any(one.verdict == "fails" for one in verify(folder))
    (folder / "more" / "notes.txt").write_text("hm")
    assert [one.says for one in verify(folder) if one.verdict == "fails"] == ["more/notes.txt was added"]
    (folder / "more" / "notes.txt").unlink()
    (folder / "more" / "link").symlink_to(folder / "finding.json")
    assert "plain files only" in " ".join(one.says for one in verify(folder) if one.verdict == "fails")


def test_signing_again_by_another_is_seen(finding_folder, signer, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(finding_folder, folder)
    (folder / "finding.html").write_text("all is well")
    forger = Signer.open(tmp_path / "forger.pem")
    held = protocol.read(folder / "protocol.json")
    seal(folder, protocol_sha256=held.sha256, signer=forger, now_s=1.0, version="0")
    (wrong,) = [one for one in verify(folder, signer=signer.public_key) if one.verdict == "fails"]
    assert wrong.what == "signer"
    assert forger.public_key in wrong.says


def test_a_stranger_does_not_vouch_for_a_time(finding_folder, authority):
    checks = verify(finding_folder, roots=roots_in(authority.stranger))
    assert [one.what for one in checks if one.verdict == "fails"] == [
        "protocol time stamp",
        "manifest time stamp",
    ]
    assert {one.verdict for one in verify(finding_folder) if "stamp" in one.what} == {"open"}


def test_a_done_finding_is_not_done_again(case, finding_folder):
    with pytest.raises(BadSetting, match="done and signed; take another --out"):
        freeze(planned(case, local(case)), finding_folder)


def test_other_terms_are_refused_once_frozen(case, tmp_path):
    asking = local(case)
    freeze(planned(case, asking), tmp_path)
    with pytest.raises(BadSetting, match="seed: 3 there, 4 here"):
        freeze(planned(case, asking, RULE._replace(seed=4)), tmp_path)


def test_an_authority_that_is_down_stops_before_signing_and_is_tried_again(case, signer, authority, tmp_path):
    asking = local(case)
    ready = freeze(planned(case, asking), tmp_path)
    with pytest.raises(NoTimestamp):
        conduct(ready, asking, tmp_path, Sealing(signer, authority.url + "/nothing"), clock_s=lambda: 200.0)
    assert not (tmp_path / "signature.json").exists()
    again = freeze(planned(case, asking, now_s=300.0), tmp_path)
    conduct(again, asking, tmp_path, Sealing(signer, authority.url), clock_s=lambda: 400.0)
    assert not any(one.verdict == "fails" for one in verify(tmp_path, roots=roots_in(authority.root)))


def test_an_endpoint_is_asked_the_same_way_again(case, endpoint, signer, tmp_path):
    """The run stops when the endpoint goes down, and goes on without finding out or paying again."""

    def asking():
        return Asking(open_suspect(endpoint.name(), Terms(tries=1, timeout_s=5.0)))

    endpoint.ways = {"prompt-logprobs"}
    first = asking()
    ready = freeze(planned(case, first), tmp_path)
    endpoint.trouble = lambda n, *_: ("status", 500) if n > 60 else None
    with pytest.raises(SuspectSilent, match="the same command goes on"):
        conduct(ready, first, tmp_path, Sealing(signer), clock_s=lambda: 200.0)
    first.suspect.close()
    paid = [body["prompt"] for _, body in endpoint.asked[:61] if "prompt" in body][1:]
    endpoint.asked, endpoint.trouble = [], lambda *_: None
    second = as_before(asking(), tmp_path)
    again = freeze(planned(case, second, now_s=300.0), tmp_path)
    finding = conduct(again, second, tmp_path, Sealing(signer), clock_s=lambda: 400.0)
    second.suspect.close()
    assert finding.suspect.asked > 30
    assert finding.bits < 5
    assert len(paid) > 50
    assert set(paid) & {body["prompt"] for _, body in endpoint.asked} == set()
    assert {path for path, _ in endpoint.asked} == {"/v1/completions"}
