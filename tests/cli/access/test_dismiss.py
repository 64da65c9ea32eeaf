def test_nobody_of_that_name(deployed):
    assert deployed.run("access", "dismiss", "eve")[0] == 2
