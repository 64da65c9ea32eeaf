def test_an_outcome_closes_and_undoes(deployed):
    code, out, _ = deployed.run("case", "close", deployed.case, "not_harvesting", "--because", "evaluation")
    assert (code, out) == (0, f"{deployed.case}: closed, not_harvesting\n")
    assert "refused" in deployed.run("case", "show", deployed.case)[1]
    code, _, err = deployed.run("case", "close", deployed.case, "unsure", "--because", "x")
    assert code == 2
    assert "reopen it first" in err
    assert deployed.run("case", "close", deployed.case, "guilty", "--because", "x")[0] == 2
