def test_it_says_which_rules_match_and_why_not(deployed):
    code, out, _ = deployed.run("decide", "explain", "acct_0")
    assert code == 0
    for text in (
        "acct_0: 14.0 bits, actor actor-a, 24 exchanges",
        "rule block_strong: matches",
        "rule slow_down: does not match",
        "no   14.0 bits, below 13",
        "is proposed until",
        "holds now, simulated: observe",
    ):
        assert text in out
    assert deployed.run("decide", "--explain", "acct_0")[1] == out


def test_programmes_and_strangers(deployed):
    deployed.run("decide", "permit", "lab", "acct_0", "--contract", "c-1", "--until", "2099-01-01")
    out = deployed.run("decide", "explain", "acct_0")[1]
    assert "exempt: programme lab (c-1)" in out
    assert "nothing holds for it" in out
    out = deployed.run("decide", "explain", "nobody")[1]
    assert "nobody: never judged" in out
    assert "no living case holds it" in out


def test_without_a_verb_it_shows_help(run):
    code, out, _ = run("decide")
    assert code == 0
    assert "excise decide undo" in out
