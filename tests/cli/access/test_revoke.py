def test_one_that_there_is_not(deployed):
    assert deployed.run("access", "revoke", "00000000")[0] == 2
