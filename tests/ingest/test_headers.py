import msgspec

from excise.ingest.headers import Headers


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
