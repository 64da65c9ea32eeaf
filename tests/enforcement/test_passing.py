import pytest

from excise.casework.decision import Degradation
from excise.enforcement.decide import ALLOWED, Action, Answer
from excise.enforcement.passing import DEGRADATION, degradation_in, headers_for_upstream, told


def test_what_goes_on_is_read_again():
    degradation = Degradation(strip_logprobs=False, max_n=2, max_tokens=7)
    headers = dict(headers_for_upstream(Answer(action=Action.DEGRADE, degradation=degradation)))
    assert degradation_in(headers[DEGRADATION]) == degradation


def test_a_customers_own_header_is_overwritten_in_any_case():
    assert dict(headers_for_upstream(ALLOWED)) == {"x-excise-action": "allow", DEGRADATION: "{}"}


@pytest.mark.parametrize("header", [None, "", "{}", "{", "[]", '{"max_n": "many"}', '{"unknown": 1}'])
def test_what_says_nothing_is_none(header):
    assert degradation_in(header) is None


def test_the_caller_is_told_what_it_does_not_get():
    assert told(Degradation(hide_reasoning=False, max_n=None)) == "logprobs"
