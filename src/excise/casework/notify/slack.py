"""A notice in the shape that Slack's incoming webhooks read, and those of others that took it over."""

import msgspec

from excise.casework.notify.posting import post
from excise.casework.policy import Slack
from excise.casework.state.outbox import Message, Posted


def send(channel: Slack, posted: Posted) -> None:
    """Send a notice.

    Raises:
        NotSent: it did not arrive.
    """
    post(channel.url, msgspec.json.encode(shape(posted.message)), {})


def shape(message: Message) -> dict[str, object]:
    """Return a notice as blocks, and as a text for where blocks are not shown.

    Nothing in it is markup: an account's name cannot ring for a whole channel.

    >>> shape(Message(event="appeal", title="<!channel> & co", text="look", at_s=0.0))["text"]
    '&lt;!channel&gt; &amp; co: look'
    """
    title, text = _plain(message.title), _plain(message.text)
    where = " · ".join(one for one in (message.case, message.decision) if one)
    blocks: list[dict[str, object]] = [
        {"type": "section", "text": {"type": "mrkdwn", "text": f"{title}\n{text}"[:2_900]}},
    ]
    if where:
        blocks.append({"type": "context", "elements": [{"type": "plain_text", "text": where}]})
    return {"text": f"{title}: {text}"[:2_900], "blocks": blocks}


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
