from excise.report.progress import now_s


def test_a_token_is_made_shown_once_and_revoked(deployed):
    code, text, _ = deployed.run("access", "token", "gateway", "--scope", "decide", "--scope", "capture")
    assert code == 0
    with deployed.opened() as deployment:
        token = deployment.state.tokens.check(text.strip(), now_s=now_s())
    assert token.name == "gateway"
    listed = deployed.run("access", "tokens")[1]
    assert f"{token.id}  lives    capture, decide" in listed
    assert text.strip() not in listed
    assert deployed.run("access", "revoke", token.id)[1] == f"{token.id}: revoked\n"
    assert "is over" in deployed.run("access", "tokens")[1]
