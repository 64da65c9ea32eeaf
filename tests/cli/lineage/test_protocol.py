import json

from excise.lineage import protocol


def test_it_is_frozen_first_and_run_as_it_was_frozen(lineage, case, endpoint, authority, tmp_path):
    endpoint.ways = {"prompt-logprobs"}
    out = tmp_path / "finding-1"
    test = ("twins", "--served", case.served, "--twins", case.twins, "--suspect", endpoint.name())
    rest = ("--out", out, "--budget", 60, "--tsa", authority.url)
    code, said, complained = lineage("protocol", *test, *rest)
    assert code == 0, complained
    held = protocol.read(out / "protocol.json")
    assert said == f"{held.sha256}  {out / 'protocol.json'}\n"
    assert sorted(path.name for path in out.iterdir()) == ["protocol.json", "protocol.tsr"]
    assert all(body["prompt"].endswith("one two three") for _, body in endpoint.asked if "prompt" in body)
    code, _, complained = lineage(*test, *rest, "--stop-at-bits", 5)
    assert code == 2
    assert "A protocol is not changed after the fact" in complained
    code, said, complained = lineage(*test, *rest)
    assert code == 0, complained
    assert json.loads((out / "finding.json").read_bytes())["protocol_sha256"] == held.sha256
    code, said, _ = lineage("verify", out, "--tsa-root", authority.root)
    assert code == 0
    assert "holds  protocol time stamp: " in said


def test_every_test_can_be_frozen(lineage):
    code, said, _ = lineage("protocol", "--help")
    assert code == 0
    for name in ("canary", "keys", "kinship", "twins"):
        assert f"\n  {name} " in said
        assert "Freeze the protocol of this test." in lineage("protocol", name, "--help")[1]
