"""The page of an account holds everything known, and says so when there is nothing."""


def test_everything_known_of_an_account(served):
    text = served.visitor("viewer").get("/account", params={"name": "acct_0300001"}).text
    for part in (
        "11.0 bits",
        "shared_<wbr>script",
        "verified_<wbr>business",
        "Every decision",
        "Other accounts",
    ):
        assert part in text, part


def test_an_honest_account_is_not_accused(served):
    text = served.visitor("viewer").get("/account", params={"name": "honest_0001"}).text
    assert "Nothing speaks for a campaign" in text


def test_an_account_that_nobody_saw(served):
    assert served.visitor("viewer").get("/account", params={"name": "nobody"}).status_code == 404
