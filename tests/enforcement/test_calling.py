import pytest

from excise.enforcement.calling import Service, ServiceDown


def answering(status, headers=()):
    async def app(scope, receive, send):
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": status, "headers": list(headers)})
            await send({"type": "http.response.body", "body": b"x"})

    return app


@pytest.mark.parametrize(
    ("status", "retry_after_s", "refused"),
    [
        (429, 7.0, False),
        (503, 7.0, False),
        (400, 7.0, True),
        (422, 7.0, True),
        (500, 7.0, False),
        (401, 7.0, False),
    ],
)
def test_what_the_service_says_no_with(kit, status, retry_after_s, refused):
    with kit.served(answering(status, [(b"retry-after", b"7")])) as server:
        service = Service(server.url, "t", timeout_s=2)
        with pytest.raises(ServiceDown, match=f"answers {status} to exchanges") as caught:
            service.exchanges(b"{}\n")
        service.close()
    assert (caught.value.retry_after_s, caught.value.refused) == (retry_after_s, refused)


def test_nobody_there_and_no_address_are_down_too(kit):
    for url in (f"http://127.0.0.1:{kit.free_port()}", "http://", "nonsense"):
        service = Service(url, "t", timeout_s=1)
        with pytest.raises(ServiceDown):
            service.exchanges(b"{}\n")
        with pytest.raises(ServiceDown), service.effects(after=-1, wait_s=0) as lines:
            next(lines)
        service.close()
        with pytest.raises(ServiceDown):
            service.exchanges(b"{}\n")
