def test_what_holds_is_undone_at_once(deployed):
    decision = deployed.decision()
    deployed.run("decide", "approve", decision)
    assert "holds now, carried out: block" in deployed.run("decide", "explain", "acct_0")[1]
    assert deployed.run("decide", "undo", decision, "--because", "a mistake")[1] == f"{decision}: undone\n"
    assert "carried out" not in deployed.run("decide", "explain", "acct_0")[1]
