import pytest


def test_a_proposal_waits_and_an_act_holds_at_once(deployed):
    about = ("block", "--account", "acct_0", "--hours", "5", "--reason", "pulls traces")
    code, out, _ = deployed.run("decide", "propose", *about)
    assert code == 0
    assert out[20:31] == ": proposed;"
    code, out, _ = deployed.run("decide", "propose", *about, "--act")
    assert "active; 1 account of 1 customer" in out
    with deployed.opened() as deployment:
        assert len(deployment.state.effects.since(0).effects) >= 1


def test_many_need_a_second_person(deployed):
    (deployed.folder / "policy.toml").write_text("[bulk]\naccounts = 3\n")
    about = ("block", "--case", deployed.case, "--reason", "pulls traces", "--act")
    _, out, err = deployed.run("decide", "propose", *about)
    assert "a second person has to approve it" in err
    decision = out[:20]
    code, _, err = deployed.run("decide", "approve", decision)
    assert code == 2
    assert "ask a second person" in err
    code, out, _ = deployed.run("decide", "approve", decision, by="bob")
    assert (code, out) == (0, f"{decision}: active, 3 accounts, for 72 hours\n")


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (("block",), "say whom"),
        (("block", "--account", "a", "--address", "203.0.113.1"), "say whom"),
        (("throttle", "--account", "a"), "needs limits"),
        (("block", "--end-user", "ann"), "name that with --account"),
        (("blok", "--account", "a"), "is not one of"),
    ],
)
def test_what_cannot_be_is_refused(deployed, given, why):
    code, _, err = deployed.run("decide", "propose", *given, "--reason", "r")
    assert code == 2
    assert why in err
