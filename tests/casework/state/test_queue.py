from excise.casework.case import CaseFilter, CaseOrder
from excise.casework.state.queue import ORDERS, selected


def test_every_order_has_its_column():
    assert set(ORDERS) == set(CaseOrder)


def test_signs_of_a_text_mean_themselves(lite):
    for title in ("100% sure", "100 sure", "a_b", "axb", "back\\slash"):
        lite.cases.open(title, [title], by="ann", now_s=1.0)
    for text, found in (("0%", 1), ("a_B", 1), ("\\", 1), ("SURE", 2)):
        assert lite.cases.count(CaseFilter(text=text)) == found, text


def test_nothing_asked_for_selects_all():
    assert "WHERE" not in str(selected(CaseFilter(status=())))
