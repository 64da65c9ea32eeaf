import pytest

from excise.casework.notify.failures import NotSent
from excise.casework.notify.posting import post


@pytest.mark.parametrize("status", [302, 404, 500])
def test_only_a_2xx_is_taken_and_no_redirect_followed(web, status):
    web.status = status
    with pytest.raises(NotSent, match=f"it answered {status}"):
        post(web.url, b"{}", {})
    assert len(web.requests) == 1


def test_nobody_there(web):
    web.server.socket.getsockname()
    with pytest.raises(NotSent, match="Connect"):
        post("http://127.0.0.1:1/hook", b"{}", {})
    with pytest.raises(NotSent):
        post("http://[::bad/hook", b"{}", {})
