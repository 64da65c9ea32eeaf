"""Verdicts are written one a line and read again."""

import msgspec

from excise.detection.campaign import Because, Verdict


def test_a_verdict_survives_being_written():
    because = (Because(signal="volume", weight=-1.5, text="few"),)
    verdict = Verdict(
        account="a",
        actor="actor-1",
        rank=1.5,
        bits=0.5,
        campaign=None,
        verdict="none",
        decided_at=None,
        because=because,
    )
    written = msgspec.json.encode(verdict)
    assert msgspec.json.decode(written, type=Verdict) == verdict
    assert list(msgspec.json.decode(written)) == [
        "account",
        "actor",
        "rank",
        "bits",
        "campaign",
        "verdict",
        "decided_at",
        "because",
    ]
