"""A notice by e-mail. Passwords and notices go over TLS, but for a server on this machine."""

import smtplib
import ssl
from email.message import EmailMessage
from pathlib import Path

from excise.casework.notify.failures import NotSent
from excise.casework.policy import Mail
from excise.casework.state.outbox import Posted

TIMEOUT_S = 20.0
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


def send(channel: Mail, posted: Posted, *, trusted: Path | None = None) -> None:
    """Send a notice.

    Args:
        channel: where to, and through which server.
        posted: the notice.
        trusted: certificates of a company's own authority, in PEM; the system's otherwise.

    Raises:
        NotSent: the server did not take it.
    """
    if channel.security == "none" and channel.host not in _HERE:
        raise NotSent(f"{channel.host}: security = 'none' is for a server on this machine only")
    context = ssl.create_default_context(cafile=None if trusted is None else str(trusted))
    try:
        with _connect(channel, context) as server:
            if channel.security == "starttls":
                server.starttls(context=context)
            if channel.user is not None:
                server.login(channel.user, _password(channel))
            server.send_message(message_of(channel, posted))
    except (smtplib.SMTPException, OSError) as error:
        raise NotSent(f"{channel.host}: {type(error).__name__}: {error}") from None


def message_of(channel: Mail, posted: Posted) -> EmailMessage:
    """Return a notice as a message. Its id is the notice's, so that one sent twice is shown once."""
    message = EmailMessage()
    title = " ".join(posted.message.title.split())
    message["Subject"] = f"[excise] {title}"[:200]
    message["From"] = channel.sender
    message["To"] = ", ".join(channel.to)
    message["Message-ID"] = f"<{posted.id}@excise>"
    where = [one for one in (posted.message.case, posted.message.decision) if one]
    message.set_content("\n".join([posted.message.title, "", posted.message.text, "", *where]))
    return message


def _connect(channel: Mail, context: ssl.SSLContext) -> smtplib.SMTP:
    if channel.security == "tls":
        return smtplib.SMTP_SSL(channel.host, channel.port, timeout=TIMEOUT_S, context=context)
    return smtplib.SMTP(channel.host, channel.port, timeout=TIMEOUT_S)


def _password(channel: Mail) -> str:
    if channel.password_file is None:
        raise NotSent("user is given and password_file is not; name the file that holds the password")
    return Path(channel.password_file).read_text("utf-8").strip()
