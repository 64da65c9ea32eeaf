"""Notices to people: what the outbox holds goes over a webhook, by e-mail, or to Slack and its like.

One file a kind of channel. A notice holds a headline and where to look, and never words of exchanges.
"""
