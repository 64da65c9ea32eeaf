from excise.casework.notify.failures import NotSent


def test_it_says_why():
    assert str(NotSent("it answered 500")) == "it answered 500"
