import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from excise.enforcement.references import NoReference, References

OURS, OTHERS = References(bytes(range(64))), References(bytes(64))


@given(st.text(max_size=30), st.text(max_size=30))
@settings(deadline=None)
def test_a_reference_says_what_it_is_about_to_us_alone(decision, subject):
    reference = OURS.make(decision, subject)
    assert OURS.read(reference).decision == decision
    assert OURS.read(f"  {reference.upper()} ").decision == decision
    with pytest.raises(NoReference):
        OTHERS.read(reference)


def test_two_accounts_of_one_decision_have_nothing_in_common():
    references = [OURS.make("dec-0123456789abcdef", f"account-{n}") for n in range(50)]
    bodies = [one.removeprefix("apl-") for one in references]
    assert len({body[:8] for body in bodies}) == len({body[-8:] for body in bodies}) == 50
    assert OURS.make("dec-0123456789abcdef", "account-7") == references[7]


def test_an_altered_reference_is_none():
    reference = OURS.make("dec-0123456789abcdef", "acme")
    for at in range(len(reference)):
        other = "b" if reference[at] != "b" else "c"
        with pytest.raises(NoReference, match="no reference of this deployment"):
            OURS.read(reference[:at] + other + reference[at + 1 :])


@pytest.mark.parametrize(
    "text", ["", "apl-", "apl-aa", "apl-é", "dec-0123456789abcdef", "apl-" + "a" * 500, "apl-=", "\ud800"]
)
def test_any_other_text_is_none(text):
    with pytest.raises(NoReference):
        OURS.read(text)


def test_a_key_of_another_length_is_refused():
    with pytest.raises(ValueError, match="64 bytes"):
        References(b"short")
