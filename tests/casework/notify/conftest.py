"""Servers on this machine that take notices, and can be told to fail."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from excise.casework.state.outbox import Message, Posted


class Taken:
    """A web server that keeps what it is sent, and answers with ``status``."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.status = 204
        mine = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                mine.requests.append((self.path, dict(self.headers.items()), body))
                self.send_response(mine.status)
                if mine.status == 302:
                    self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"


@pytest.fixture
def web() -> Iterator[Taken]:
    taken = Taken()
    thread = threading.Thread(target=taken.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield taken
    taken.server.shutdown()
    thread.join(5)
    taken.server.server_close()


@pytest.fixture
def posted() -> Callable[..., Posted]:
    def make(**fields: str) -> Posted:
        values = {"event": "case_opened", "title": "41 accounts act as one", "text": "19 bits", **fields}
        message = Message(at_s=5.0, case="case-00000001", **values)
        return Posted(
            id="msg-1",
            channel="c",
            event=message.event,
            message=message,
            made_at_s=5.0,
            due_at_s=5.0,
            tries=0,
        )

    return make
