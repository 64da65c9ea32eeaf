def test_a_damaged_one_is_refused(deployed, tmp_path):
    file = tmp_path / "state.gz"
    deployed.run("backup", str(file))
    file.write_bytes(file.read_bytes()[:-9])
    code, _, err = deployed.run("restore", str(file), "--database", f"sqlite:///{tmp_path / 'new.db'}")
    assert code == 2
    assert "cannot be read to its end" in err
    assert not (tmp_path / "new.db").exists()


def test_what_was_restored_is_verified(deployed, tmp_path):
    file = tmp_path / "state.gz"
    deployed.run("backup", str(file))
    (deployed.folder / "excise.db").unlink()
    assert deployed.run("restore", str(file))[0] == 0
    code, out, _ = deployed.run("case", "verify")
    assert (code, out.rpartition(": ")[2]) == (0, "it holds\n")
