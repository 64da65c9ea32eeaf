import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from excise.casework.notify.failures import NotSent
from excise.casework.notify.mail import message_of, send
from excise.casework.policy import Mail

controller = pytest.importorskip("aiosmtpd.controller", reason="aiosmtpd is not installed")
smtp = pytest.importorskip("aiosmtpd.smtp")


class Box:
    """Keeps what arrives."""

    def __init__(self) -> None:
        self.envelopes: list = []
        self.secure: list[bool] = []

    async def handle_DATA(self, _server, session, envelope) -> str:  # noqa: N802 - as aiosmtpd has it
        self.envelopes.append(envelope)
        self.secure.append(session.ssl is not None)
        return "250 OK"


def right(*given):
    auth_data = given[-1]
    good = auth_data.login == b"excise" and auth_data.password == b"pass word"
    return smtp.AuthResult(success=good, handled=False)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    try:
        subprocess.run(
            [
                *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
                *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
                *("-keyout", "key.pem", "-out", "cert.pem"),
            ],
            cwd=folder,
            check=True,
            capture_output=True,
        )
    except FileNotFoundError:
        pytest.skip("no openssl on this machine")
    return folder


def context(folder: Path) -> ssl.SSLContext:
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return made


@contextmanager
def server(box: Box, **settings) -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    secure = settings.pop("wrapped", None)
    running = controller.Controller(box, hostname="localhost", port=port, ssl_context=secure, **settings)
    running.start()
    try:
        yield port
    finally:
        running.stop()


def channel(port: int, **fields) -> Mail:
    return Mail(host="localhost", port=port, sender="excise@acme.example", to=("a@acme.example",), **fields)


def test_it_arrives_over_starttls_with_a_password(posted, certificate, tmp_path):
    box = Box()
    (tmp_path / "password").write_text("pass word\n")
    settings = {
        "tls_context": context(certificate),
        "require_starttls": True,
        "authenticator": right,
        "auth_required": True,
    }
    with server(box, **settings) as port:
        mine = channel(port, user="excise", password_file=str(tmp_path / "password"))
        send(mine, posted(), trusted=certificate / "cert.pem")
    assert box.secure == [True]
    text = box.envelopes[0].content.decode()
    assert "Subject: [excise] 41 accounts act as one" in text
    assert "case-00000001" in text


def test_it_arrives_over_tls(posted, certificate):
    box = Box()
    with server(box, wrapped=context(certificate)) as port:
        send(channel(port, security="tls"), posted(), trusted=certificate / "cert.pem")
    assert len(box.envelopes) == 1


def test_a_server_that_nobody_vouches_for_gets_nothing(posted, certificate):
    box = Box()
    secured = server(box, tls_context=context(certificate))
    with secured as port, pytest.raises(NotSent, match="CERTIFICATE_VERIFY_FAILED"):
        send(channel(port), posted())
    with server(Box()) as plain, pytest.raises(NotSent, match="STARTTLS"):
        send(channel(plain), posted(), trusted=certificate / "cert.pem")
    assert box.envelopes == []


def test_without_tls_on_this_machine_only(posted):
    box = Box()
    with server(box) as port:
        send(channel(port, security="none"), posted())
    assert len(box.envelopes) == 1
    with pytest.raises(NotSent, match="this machine only"):
        send(Mail(host="mail.example", sender="a", to=("b",), security="none"), posted())


def test_a_title_cannot_add_headers(posted):
    made = message_of(channel(1), posted(title="one\r\nBcc: eve@evil.example"))
    assert made["Bcc"] is None
    assert made["Subject"] == "[excise] one Bcc: eve@evil.example"


def test_nobody_there(posted):
    with pytest.raises(NotSent, match="refused"):
        send(channel(1, security="none"), posted())
