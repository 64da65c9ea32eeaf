def test_a_state_is_backed_up_and_restored(deployed, tmp_path):
    deployed.run("case", "comment", deployed.case, "look")
    file = tmp_path / "state.gz"
    code, out, _ = deployed.run("backup", str(file))
    assert code == 0
    assert "rows" in out
    new = f"sqlite:///{tmp_path / 'new.db'}"
    assert deployed.run("restore", str(file), "--database", new)[0] == 0
    assert "look" in deployed.run("case", "show", deployed.case, "--database", new)[1]
    code, _, err = deployed.run("restore", str(file))
    assert code == 2
    assert "restore into a new one" in err
