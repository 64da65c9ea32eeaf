def test_programmes_are_listed_with_what_is_used(deployed):
    assert deployed.run("decide", "programmes")[1] == "0 programmes\n"
    contract = ("--contract", "agreement 7", "--until", "2099-01-01", "--exchanges", "500")
    assert deployed.run("decide", "permit", "research", "acct_0", *contract)[0] == 0
    code, out, _ = deployed.run("decide", "programmes")
    assert code == 0
    assert "research  until 2099-01-01  1 accounts  0 of 500 exchanges" in out
    assert "agreement 7" in out
    deployed.run("decide", "end-programme", "research", "--because", "over")
    assert "research  ended: over" in deployed.run("decide", "programmes")[1]
