def test_decisions_are_listed(deployed):
    _, out, _ = deployed.run("decide", "list")
    assert "proposed  block actor actor-a" in out
    assert "(simulated)" in out
    assert deployed.run("decide", "list", "--status", "undone")[1] == ""
    _, out, _ = deployed.run("decide", "list", "--most", "1")
    after = out.splitlines()[-1].removeprefix("more: --after ")
    assert len(deployed.run("decide", "list", "--after", after)[1].splitlines()) == 1
    assert (
        deployed.run("decide", "list", "--rule", "block_strong", "--case", deployed.case)[1].count("dec-")
        == 1
    )
