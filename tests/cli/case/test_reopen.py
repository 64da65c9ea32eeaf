def test_a_closed_case_opens_again(deployed):
    assert deployed.run("case", "reopen", deployed.case, "--because", "x")[0] == 2
    deployed.run("case", "close", deployed.case, "unsure", "--because", "thin")
    assert deployed.run("case", "reopen", deployed.case, "--because", "new facts") == (
        0,
        f"{deployed.case}: open, 3 accounts\n",
        "",
    )
