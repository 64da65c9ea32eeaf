def test_keys_come_from_the_environment(run, monkeypatch) -> None:
    monkeypatch.delenv("EXCISE_GATEWAY_KEY", raising=False)
    code, _, said = run("doctor", "--gateway", "http://127.0.0.1:9")
    assert code == 2
    assert "EXCISE_GATEWAY_KEY" in said


def test_a_gateway_that_is_not_there_is_said(run, monkeypatch) -> None:
    monkeypatch.setenv("EXCISE_GATEWAY_KEY", "k")
    monkeypatch.setenv("EXCISE_TOKEN", "t")
    code, _, said = run("doctor", "--gateway", "http://127.0.0.1:9")
    assert code == 2
    assert "running" in said


def test_something_has_to_be_examined(run) -> None:
    code, _, said = run("doctor")
    assert code == 2
    assert "--gateway" in said
