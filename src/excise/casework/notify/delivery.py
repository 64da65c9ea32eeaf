"""Delivery: what is due in the outbox is sent, and what fails is tried again later."""

from typing import NamedTuple

from excise.casework.notify import mail, slack, webhook
from excise.casework.notify.failures import NotSent
from excise.casework.policy import Channel, Mail, Policy, Slack
from excise.casework.state import State
from excise.casework.state.outbox import Posted


class Delivered(NamedTuple):
    """How many notices were sent, and how many could not be."""

    sent: int
    failed: int


def deliver(state: State, policy: Policy, *, now_s: float) -> Delivered:
    """Send what is due, once. Call it every few seconds; several processes may."""
    sent = failed = 0
    for posted in state.outbox.claim(now_s=now_s):
        try:
            _send(policy.notify.get(posted.channel), posted, now_s=now_s)
        except NotSent as error:
            state.outbox.failed(posted.id, str(error), now_s=now_s)
            failed += 1
        else:
            state.outbox.sent(posted.id, now_s=now_s)
            sent += 1
    return Delivered(sent, failed)


def _send(channel: Channel | None, posted: Posted, *, now_s: float) -> None:
    if channel is None:
        raise NotSent(f"the policy has no channel {posted.channel!r} any more")
    if isinstance(channel, Slack):
        slack.send(channel, posted)
    elif isinstance(channel, Mail):
        mail.send(channel, posted)
    else:
        webhook.send(channel, posted, now_s=now_s)
