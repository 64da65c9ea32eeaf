def test_none_at_first(deployed):
    assert deployed.run("access", "tokens") == (0, "", "")
