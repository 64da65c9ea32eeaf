import pytest

from excise.casework.decision import end_user_subject
from excise.enforcement.caller import Caller, Identity, credentials_of, digest_of


@pytest.mark.parametrize(
    "headers",
    [
        {"authorization": "Bearer sk-1"},
        {"authorization": "bearer   sk-1 "},
        {"authorization": "sk-1"},
        {"x-api-key": "sk-1"},
        {"api-key": "sk-1"},
        {"x-goog-api-key": "sk-1"},
        {"authorization": "Bearer sk-1", "x-api-key": "sk-1"},
    ],
)
def test_a_key_is_known_wherever_it_stands(headers):
    assert credentials_of(headers.get) == (digest_of("sk-1"),)


def test_of_several_keys_each_counts_so_that_none_hides_another():
    found = credentials_of({"authorization": "Bearer junk,Bearer sk-1", "x-api-key": "sk-2"}.get)
    assert set(found) == {digest_of("junk"), digest_of("sk-1"), digest_of("sk-2")}
    caller = Identity().caller({"authorization": "Bearer junk", "x-api-key": "sk-1"}.get, peer=None)
    assert digest_of("sk-1") in caller.accounts


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": ""}, {"authorization": "Bearer "}, {"x-api-key": " "}]
)
def test_no_key_is_none(headers):
    assert credentials_of(headers.get) in ((), (digest_of("Bearer"),))


def test_no_header_names_the_account_unless_it_is_said_to():
    headers = {"x-account": "acme", "authorization": "Bearer sk-1"}
    assert Identity().caller(headers.get, peer=None).account is None
    named = Identity(account_header="x-account").caller(headers.get, peer=None)
    assert named.accounts == ("acme", digest_of("sk-1"))


@pytest.mark.parametrize(
    ("hops", "listed", "address"),
    [
        (0, "203.0.113.1", "10.0.0.1"),
        (1, "203.0.113.1", "203.0.113.1"),
        (1, "6.6.6.6, 203.0.113.1", "203.0.113.1"),
        (2, "6.6.6.6, 203.0.113.1, 10.0.0.2", "203.0.113.1"),
        (2, "203.0.113.1", "10.0.0.1"),
        (1, "", "10.0.0.1"),
    ],
)
def test_an_address_is_the_one_that_ones_own_proxies_wrote(hops, listed, address):
    identity = Identity(trusted_hops=hops)
    assert identity.address({"x-forwarded-for": listed}.get, "10.0.0.1") == address


def test_an_end_user_belongs_to_its_account():
    assert Caller(account="acme", end_user="ann").end_user_subject == "acme/ann"
    assert Caller(end_user="ann").end_user_subject is None
    # Whoever names end users cannot name those of an account whose name begins like its own.
    assert end_user_subject("a", "b/c") != end_user_subject("a/b", "c")
    assert end_user_subject("a/b", "c") != end_user_subject("a%2Fb", "c")
