import pytest


@pytest.mark.parametrize("verb", ["refuse", "undo"])
def test_an_end_takes_a_reason_and_a_decision_that_is_there(deployed, verb):
    code, _, said = deployed.run("decide", verb, deployed.decision())
    assert code == 2
    assert "--because" in said
    code, _, said = deployed.run("decide", verb, "decision-none", "--because", "a mistake")
    assert code != 0
    assert "decision-none" in said
