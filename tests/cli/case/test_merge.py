def test_a_case_cannot_live_on_in_itself(deployed):
    code, _, err = deployed.run("case", "merge", deployed.case, deployed.case, "--because", "x")
    assert code == 2
    assert "name another" in err
