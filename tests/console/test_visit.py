"""What a page is given: fields as text and numbers, whatever was sent."""

import pytest
from starlette.datastructures import FormData, QueryParams

from excise.casework.state.people import Person, Role
from excise.console.visit import Visit, gone_to, linked


def _visit(query="", form=()):
    person = Person(name="ada", role=Role.VIEWER, added_at_s=0.0)
    return Visit(
        desk=None,
        person=person,
        csrf="",
        now_s=0.0,
        path={},
        query=QueryParams(query),
        form=FormData(form),
        here="/",
    )


@pytest.mark.parametrize(
    ("sent", "read"), [("7", 7.0), ("", None), ("nan", None), ("inf", None), ("1e400", None), ("x", None)]
)
def test_a_number_is_a_number_or_nothing(sent, read):
    assert _visit(f"n={sent}").number("n") == read


def test_text_is_cut_and_holds_no_null():
    assert _visit(form=[("a", " x\x00y ")]).asked("a") == "xy"
    assert len(_visit(form=[("a", "z" * 9_000)]).asked("a")) == 2_000


def test_marks_keep_their_order_and_come_once():
    assert _visit(form=[("case", "b"), ("case", "a"), ("case", "b"), ("case", "")]).marked("case") == (
        "b",
        "a",
    )


def test_an_address_says_its_query_and_leaves_out_what_is_empty():
    assert linked("/", status=["open", "closed"], text=None, order="") == "/?status=open&status=closed"
    assert gone_to("/x", "Done.").headers["location"] == "/x?done=Done."
