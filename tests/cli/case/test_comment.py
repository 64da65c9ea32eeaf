def test_a_comment_stands_in_the_timeline(deployed):
    code, out, _ = deployed.run("case", "comment", deployed.case, "look at this")
    assert code == 0
    assert "of the ledger" in out
    with deployed.opened() as deployment:
        assert deployment.state.cases.events(deployed.case)[-1].text == "look at this"
