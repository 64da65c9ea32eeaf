def test_a_programme_is_added_and_ended(deployed):
    given = ("decide", "permit", "lab", "acct_0", "--contract", "c-1", "--until", "2099-01-01")
    assert deployed.run(*given, "--exchanges", "5")[1] == "lab: 1 accounts, until 2099-01-01\n"
    assert deployed.run(*given)[0] == 2
    assert deployed.run("decide", "end-programme", "lab", "--because", "over") == (0, "lab: ended\n", "")
    assert deployed.run("decide", "end-programme", "lab", "--because", "over")[0] == 2
