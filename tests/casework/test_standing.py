from excise.casework.standing import Round, Standing


def test_a_round_may_be_empty():
    assert Round(at_s=1.0, standings=(), campaigns=()).gone == ()


def test_what_is_not_known_is_none():
    one = Standing(
        account="x",
        actor="a",
        bits=0.0,
        rank=0.0,
        campaign=None,
        exchanges=1,
        tokens_out=1,
        started_at_s=0.0,
        ended_at_s=1.0,
    )
    assert (one.verified, one.programme, one.organization) == (None, None, None)
