def test_a_rule_is_snoozed(deployed):
    code, out, _ = deployed.run(
        "decide", "snooze", "*", deployed.case, "--hours", "5", "--because", "a trial"
    )
    assert code == 0
    assert f"* leaves {deployed.case} alone for 5 hours" in out
    assert "snoozed until" in deployed.run("decide", "explain", "acct_1")[1]
