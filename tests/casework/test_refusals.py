from excise.casework.refusals import NoSuchRecord


def test_a_long_name_is_cut():
    assert len(str(NoSuchRecord.of("case", "x" * 9_999))) < 150
