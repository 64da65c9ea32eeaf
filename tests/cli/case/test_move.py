def test_accounts_are_moved_by_hand(deployed):
    out = deployed.run("case", "move", "in", deployed.case, "honest", "--because", "same card")[1]
    assert out == f"{deployed.case}: 4 accounts\n"
    out = deployed.run("case", "move", "out", deployed.case, "acct_0", "honest", "--because", "no")[1]
    assert out == f"{deployed.case}: 2 accounts\n"
    assert "acct_0 was left out by hand" in deployed.run("case", "show", deployed.case)[1]
