def test_whom_it_would_touch_is_named_and_nothing_is_done(deployed):
    code, out, _ = deployed.run("decide", "impact", "block", "--case", deployed.case)
    assert code == 0
    assert out.startswith("3 accounts of 3 customers, 0 verified; 72 exchanges, 0.08% of all traffic")
    assert "acct_1  -  -  24 exchanges" in out
    before = deployed.run("decide", "list")[1]
    deployed.run("decide", "impact", "throttle", "--account", "acct_1", "--rpm", "5", "--mode", "shadow")
    assert deployed.run("decide", "list")[1] == before
