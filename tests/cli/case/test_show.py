def test_all_of_a_case_is_shown_and_that_is_in_the_ledger(deployed):
    deployed.run("case", "comment", deployed.case, "look \x1b[2J at this")
    code, out, _ = deployed.run("case", "show", deployed.case)
    assert code == 0
    for text in ("3 accounts act as one", "+3.00  even gaps", "proposed  block", "commented", "acct_1"):
        assert text in out
    assert "\x1b" not in out
    with deployed.opened() as deployment:
        assert deployment.state.ledger.list(most=1).entries[0].verb == "saw"
    assert deployed.run("case", "show", "case-none")[0] == 2
