def test_one_that_there_is_not(deployed):
    code, _, err = deployed.run("decide", "end-programme", "none", "--because", "x")
    assert code == 2
    assert "there is no programme 'none'" in err
