def test_what_is_no_exhibit(deployed, tmp_path, monkeypatch):
    monkeypatch.setenv("EXCISE_PASSPHRASE", "a long passphrase")
    (tmp_path / "notes.txt").write_text("Buy milk.")
    code, _, err = deployed.run("case", "exhibit", str(tmp_path / "notes.txt"), "--reason", "r")
    assert code == 2
    assert "notes.txt: this does not begin as sealed data does" in err
