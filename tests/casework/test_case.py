from excise.casework.case import Case, CaseFilter, CaseStatus, Happening


def test_a_list_asks_for_what_is_alive():
    assert CaseFilter().status == (CaseStatus.OPEN, CaseStatus.INVESTIGATING)


def test_kinds_of_events_are_words():
    assert all(str(one).isalpha() for one in Happening)


def test_a_new_case_has_no_outcome():
    case = Case(
        id="case-1", title="t", status=CaseStatus.OPEN, opened_at_s=1.0, opened_by="ann", changed_at_s=1.0
    )
    assert (case.outcome, case.by_hand, case.locked_by) == (None, {}, None)
