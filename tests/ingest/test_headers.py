import msgspec
import pytest

from excise.errors import Unreadable
from excise.ingest.headers import Headers, headers_of


def read(**headers: object) -> Headers:
    return msgspec.convert({name.replace("_", "-"): value for name, value in headers.items()}, Headers)


def test_no_credential_is_decoded() -> None:
    headers = read(authorization="Bearer x", x_api_key="x", cookie="x", user_agent="curl")
    assert {getattr(headers, field) for field in headers.__struct_fields__} == {None, "curl"}


def test_the_first_of_several_values_counts() -> None:
    headers = read(user_agent=["a", "b"], x_session_id=[], x_end_user_id="e")
    assert (headers.agent(), headers.session(), headers.end_user()) == ("a", None, "e")


def test_ja4_goes_before_ja3() -> None:
    assert read(x_ja3="three", x_ja4="four").tls() == "four"
    assert read(x_ja3="three").tls() == "three"
    assert read().tls() is None


def test_names_in_any_case() -> None:
    assert headers_of({"USER-AGENT": "curl", "X-Ja4": "t"}, "headers").tls() == "t"
    assert headers_of(None, "headers") == headers_of(5, "headers") == Headers()
    with pytest.raises(Unreadable, match=r"^headers\.user-agent: expected"):
        headers_of({"User-Agent": 5}, "headers")
