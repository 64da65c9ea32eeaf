import json

from excise.casework.notify.slack import send, shape
from excise.casework.policy import Slack


def test_it_arrives_in_slacks_shape(web, posted):
    send(Slack(url=web.url), posted())
    body = json.loads(web.requests[0][2])
    assert body["text"] == "41 accounts act as one: 19 bits"
    assert [block["type"] for block in body["blocks"]] == ["section", "context"]


def test_nothing_in_it_is_markup_and_it_is_bounded(posted):
    made = json.dumps(shape(posted(title="<!here> <@U1>" * 1_000).message))
    assert "<" not in made
    assert len(made) < 8_000
