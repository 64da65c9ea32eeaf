def test_the_queue_is_listed_and_filtered(deployed):
    code, out, _ = deployed.run("case", "list")
    assert code == 0
    assert f"{deployed.case}   14.0 bits       3 accounts" in out
    assert "1 of 1 cases" in out
    assert "0 of 0 cases" in deployed.run("case", "list", "--account", "honest")[1]
    deployed.run("case", "close", deployed.case, "confirmed", "--because", "yes")
    assert "0 of 0 cases" in deployed.run("case", "list")[1]
    assert "1 of 1 cases" in deployed.run("case", "list", "--all", "--order", "size")[1]


def test_a_folder_that_is_none(run, tmp_path):
    code, _, err = run("case", "list", "--data", str(tmp_path / "other"))
    assert code == 2
    assert "this is no data folder; name that of excise serve with --data" in err
