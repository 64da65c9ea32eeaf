from pathlib import Path

from excise.cli._serving import _address


def test_the_line_to_try_fits_where_it_listens() -> None:
    assert _address(("127.0.0.1", 8400), None, tls=False).endswith("http://127.0.0.1:8400/v1/decide")
    assert _address(("::1", 8400), None, tls=True).endswith("https://[::1]:8400/v1/decide")
    assert _address(("", 0), Path("x.sock"), tls=False).startswith("--unix-socket x.sock")
