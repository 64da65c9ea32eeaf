from pathlib import Path

from excise.service.starting import Asked, curl_of


def test_the_line_to_try_fits_where_it_listens() -> None:
    data = Path("data")
    assert curl_of(Asked(data=data)).endswith("http://127.0.0.1:8400/v1/decide")
    assert curl_of(Asked(data=data, tls_certificate=Path("c"))).endswith("https://127.0.0.1:8400/v1/decide")
    assert curl_of(Asked(data=data, unix_socket=Path("x.sock"))).startswith("--unix-socket x.sock")


def test_a_passphrase_is_not_shown() -> None:
    assert "hush" not in repr(Asked(data=Path("data"), passphrase="hush"))
