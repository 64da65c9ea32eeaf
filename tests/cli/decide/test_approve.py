def test_the_policys_proposal_is_approved(deployed):
    decision = deployed.decision()
    code, out, _ = deployed.run("decide", "approve", decision)
    assert (code, out) == (0, f"{decision}: active, 3 accounts, for 168 hours\n")
    assert deployed.run("decide", "approve", decision)[0] == 2
    assert deployed.run("decide", "approve", "dec-none")[0] == 2
