import sqlite3


def test_the_ledger_is_verified_and_signed(deployed):
    assert deployed.run("case", "verify", "--sign")[0] == 0
    code, out, _ = deployed.run("case", "verify")
    assert code == 0
    assert "1 checkpoints" in out
    assert out.endswith("it holds\n")


def test_any_change_is_told_and_leaves_with_1(deployed):
    deployed.run("case", "comment", deployed.case, "look")
    assert deployed.run("case", "verify", "--sign")[0] == 0
    with sqlite3.connect(deployed.folder / "excise.db") as database:
        database.execute("UPDATE ledger SET text = 'nothing' WHERE verb = 'commented'")
    database.close()
    code, out, err = deployed.run("case", "verify")
    assert code == 1
    assert "was changed" in err
    assert "faults" in out
    assert deployed.run("case", "verify", "--public-key", "00" * 32)[0] == 1
