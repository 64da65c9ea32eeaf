def test_a_case_is_split_and_merged_again(deployed):
    code, out, _ = deployed.run(
        "case", "split", deployed.case, "acct_2", "--title", "A reseller", "--because", "other owner"
    )
    assert code == 0
    new = out[:13]
    assert out == f"{new}: 1 accounts of {deployed.case}\n"
    code, out, _ = deployed.run("case", "merge", new, deployed.case, "--because", "the same after all")
    assert (code, out) == (0, f"{deployed.case}: 3 accounts\n")
    code, _, err = deployed.run("case", "split", deployed.case, "honest", "--title", "t", "--because", "b")
    assert code == 2
    assert "honest are not in" in err
