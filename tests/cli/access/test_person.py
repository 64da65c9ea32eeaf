from excise.report.progress import now_s


def test_a_person_may_sign_in_and_is_dismissed(deployed, monkeypatch):
    monkeypatch.setenv("EXCISE_PASSWORD", "correct horse battery")
    assert deployed.run("access", "person", "bob", "--role", "approver")[1] == "bob: approver\n"
    with deployed.opened() as deployment:
        assert deployment.state.people.sign_in("bob", "correct horse battery", now_s=now_s()) is not None
    assert deployed.run("access", "dismiss", "bob")[1] == "bob: may sign in no more\n"
    with deployed.opened() as deployment:
        assert deployment.state.people.sign_in("bob", "correct horse battery", now_s=now_s()) is None
