import json

import httpx
import openai
import pytest

from excise.enforcement.decide import DOWN, Action, Answer
from excise.enforcement.refusals import Text, Wording, refusal
from excise.errors import BadSetting


def made(action, wording=None, reference="apl-x", **more):
    answer = Answer(action=action, decision="dec-1", reason_code="harvesting", until_s=9.0, **more)
    return refusal(answer, wording or Wording(), reference=reference)


def as_the_official_client_reads_it(sent):
    def handle(_):
        return httpx.Response(sent.status, headers=dict(sent.headers), content=sent.body)

    http = httpx.Client(transport=httpx.MockTransport(handle))
    with openai.OpenAI(
        base_url="http://model.example/v1", api_key="k", http_client=http, max_retries=2
    ) as client:
        with pytest.raises(openai.APIStatusError) as caught:
            client.chat.completions.create(model="m", messages=[])
        return caught.value


def test_a_block_reads_as_the_providers_own_error():
    error = as_the_official_client_reads_it(made(Action.BLOCK))
    assert isinstance(error, openai.PermissionDeniedError)
    assert (error.code, error.type) == ("harvesting", "permission_error")
    assert (error.body["reference"], error.body["until_s"]) == ("apl-x", 9.0)


def test_a_challenge_asks_for_verification():
    assert as_the_official_client_reads_it(made(Action.CHALLENGE)).code == "verification_required"


def test_a_throttle_says_when_to_come_again():
    sent = made(Action.THROTTLE, retry_after_s=0.2)
    assert dict(sent.headers)["retry-after"] == "1"
    assert "x-should-retry" not in dict(sent.headers)
    assert json.loads(sent.body)["error"]["until_s"] is None


def test_nothing_that_is_not_for_the_caller_is_in_it():
    for action in (Action.BLOCK, Action.CHALLENGE, Action.THROTTLE):
        sent = made(action, subject="acme", retry_after_s=1.0)
        assert b"dec-1" not in sent.body
        assert b"acme" not in sent.body
        assert "dec-1" not in str(sent.headers)


def test_without_a_table_it_says_so():
    sent = refusal(
        Answer(action=Action.BLOCK, reason_code=DOWN, retry_after_s=5.0), Wording(), reference=None
    )
    assert (sent.status, sent.code, dict(sent.headers)["retry-after"]) == (503, DOWN, "5")


def test_an_operator_says_it_in_other_words():
    text = Text(status=451, type="t", code="c", message="No: {reason_code} {reference} {appeal_url}")
    sent = made(Action.BLOCK, Wording(block=text, appeal_url="https://help.example"))
    assert (sent.status, sent.message, sent.code) == (451, "No: harvesting apl-x https://help.example", "c")
    assert json.loads(sent.body)["error"]["appeal_url"] == "https://help.example"


@pytest.mark.parametrize(
    ("text", "match"),
    [
        (
            Text(status=403, type="t", code="c", message="{decision}"),
            r"no \{decision\}; there are \{appeal_url\}",
        ),
        (Text(status=403, type="t", code="c", message="{"), r"\[wording.block\] message"),
        (Text(status=200, type="t", code="c", message=""), "200 is no error"),
    ],
)
def test_words_that_cannot_be_made_are_refused(text, match):
    with pytest.raises(BadSetting, match=match):
        Wording(block=text).checked()
