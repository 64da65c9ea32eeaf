import pytest

from excise.errors import BadSetting, UnknownMember
from excise.lineage.opening import open_suspect, rendered
from excise.lineage.replies import Message
from excise.lineage.suspects import Terms


@pytest.mark.parametrize("named", ["model", "hf:", ":x", ""])
def test_a_suspect_has_a_scheme_and_a_place(named):
    with pytest.raises(BadSetting, match="say SCHEME:WHERE"):
        open_suspect(named)


def test_a_scheme_that_is_not_there_is_told_with_its_nearest():
    with pytest.raises(UnknownMember, match="did you mean 'openai'"):
        open_suspect("openia:http://localhost/v1#m")


def test_all_messages_stand_before_the_reply():
    assert rendered((Message("system", "Be brief."), Message("user", "Why?"))) == "Be brief.\n\nWhy?\n\n"


@pytest.mark.parametrize(
    "terms", [{"timeout_s": float("nan")}, {"timeout_s": 0}, {"tries": 0}, {"at_once": 0}]
)
def test_terms_under_which_nobody_can_be_asked_are_refused(terms):
    with pytest.raises(BadSetting, match="a question may take up to 86,400 s"):
        Terms(**terms)
