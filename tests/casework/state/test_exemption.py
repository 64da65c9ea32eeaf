from excise.casework.state import exemption

NOW_S = 1_790_000_000.0


def test_only_what_was_asked_for_is_answered(lite):
    lite.programmes.add(
        "lab", contract="c", accounts=["x", "y"], starts_at_s=0.0, until_s=NOW_S, by="ann", now_s=1.0
    )
    with lite.database.reading() as reading:
        assert exemption.covered(reading, ["x", "z"], at_s=5.0) == {"x": "lab"}
        assert exemption.covered(reading, ["x"], at_s=NOW_S) == {}
        assert exemption.covered(reading, [], at_s=5.0) == {}
        assert exemption.members_of(reading, "lab") == {"x", "y"}
        assert exemption.used(reading, "lab") == (0, 0)
