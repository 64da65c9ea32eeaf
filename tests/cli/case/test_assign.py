def test_a_case_is_somebodys_and_nobodys(deployed):
    assert deployed.run("case", "assign", deployed.case, "bob")[1] == f"{deployed.case}: bob\n"
    assert deployed.run("case", "assign", deployed.case)[1] == f"{deployed.case}: nobody\n"
