def test_a_damaged_one_is_refused(deployed, tmp_path):
    file = tmp_path / "state.gz"
    deployed.run("backup", str(file))
    file.write_bytes(file.read_bytes()[:-9])
    code, _, err = deployed.run("restore", str(file), "--database", f"sqlite:///{tmp_path / 'new.db'}")
    assert code == 2
    assert "cannot be read to its end" in err
    assert not (tmp_path / "new.db").exists()
