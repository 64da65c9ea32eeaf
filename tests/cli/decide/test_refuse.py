def test_a_refused_proposal_is_snoozed(deployed):
    decision = deployed.decision()
    assert (
        deployed.run("decide", "refuse", decision, "--because", "a customer")[1] == f"{decision}: refused\n"
    )
    assert "snoozed until" in deployed.run("decide", "explain", "acct_0")[1]
