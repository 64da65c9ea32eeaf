"""``excise serve``, really running: started, asked, told to read its settings again, ended."""

import gzip
import re
import signal
import ssl
import subprocess
import threading
import time
from pathlib import Path

import httpx
import pytest

from excise.observation.secret import Keyring
from excise.report.progress import now_s
from excise.service.journal.forgotten import Forgotten
from excise.service.journal.segment import file_of, numbers, writers


def test_from_the_first_run_to_the_end(served, sent) -> None:
    service = served()
    assert service.token
    assert f"curl -H 'Authorization: Bearer {service.token}'" in service.said.read_text()
    ready = service.get("/readyz").json()
    assert set(ready["checks"]) == {"journal", "loop", "decisions"}
    lines = b"\n".join(sent(n, account=f"acct_{n % 5}") for n in range(50))
    first = service.post("/v1/litellm", lines)
    assert (first.status_code, first.json()["accepted"]) == (200, 50)
    again = service.post("/v1/exchanges?format=litellm", gzip.compress(lines), content_encoding="gzip")
    assert (again.json()["accepted"], again.json()["duplicate"]) == (0, 50)
    shown = service.post("/v1/exchanges", sent(99))
    assert shown.json()["accepted"] == 1
    assert service.post("/v1/decide", b'{"account": "acct_1"}').json()["action"] == "allow"
    until = time.monotonic() + 90
    while service.metric("excise_loop_lag_seconds") > 0 or not service.metric("excise_loop_leads"):
        assert time.monotonic() < until
        time.sleep(0.2)
    assert service.metric('excise_records_total{fate="accepted"}') == 51
    assert service.end() == 0
    assert service.records() == 51
    assert any(line["event"] == "ended" for line in service.lines())
    before = service.said.read_text()
    service.start()
    assert "shown this once" not in service.said.read_text()[len(before) :]
    service.token = re.search(r"excise_[0-9a-f]{8}_[\w-]{43}", before)[0]  # type: ignore[index]
    assert service.get("/metrics").status_code == 200
    assert service.end() == 0


def test_nothing_secret_and_no_words_in_any_line(served, sent) -> None:
    service = served()
    secret = (service.folder / "secret.toml").read_text()
    keys = re.findall(r'"([0-9a-f]{64})"', secret)
    assert keys
    service.post("/v1/litellm", sent(1) + b"\nplanted nonsense\n" + sent(2, startTime="planted time"))
    service.post("/v1/appeals", b'{"reference": "apl-x", "text": "planted appeal"}')
    service.post("/v1/exchanges?format=planted", b"planted")
    httpx.get(f"{service.url}/planted/{'x' * 50}", headers={"authorization": "Bearer planted"})
    httpx.post(f"{service.url}/v1/decide", content=b"planted", headers={"x-api-key": service.token})
    service.signal(signal.SIGHUP)
    time.sleep(0.5)
    service.end()
    printed = service.said.read_text()
    assert printed.count(service.token) == 2, "shown once, with the line to try it"
    lines = "\n".join(line for line in printed.splitlines() if line.startswith("{"))
    for bad in ("planted", service.token, service.token[16:], "a passphrase of a test", *keys):
        assert bad not in lines


def test_settings_are_read_again_and_wrong_ones_change_nothing(served) -> None:
    service = served(settings="[limits]\nbody_bytes = 1000\n")
    assert service.post("/v1/litellm", b"x" * 1001).status_code == 413
    service.settings.write_text("[limits]\nbody_bytez = 1\n")
    service.signal(signal.SIGHUP)
    time.sleep(0.5)
    assert service.post("/v1/litellm", b"x" * 1001).status_code == 413
    assert any("those before hold" in str(line["event"]) for line in service.lines())
    service.settings.write_text("[limits]\nbody_bytes = 5000\n")
    service.signal(signal.SIGHUP)
    time.sleep(0.5)
    assert service.post("/v1/litellm", b"x" * 1001).status_code == 200
    assert service.end() == 0


def test_what_was_begun_is_finished(served, sent) -> None:
    service = served()
    answers: list[httpx.Response] = []
    body = b"\n".join(sent(n) for n in range(3000))
    asking = threading.Thread(target=lambda: answers.append(service.post("/v1/litellm", body)))
    asking.start()
    time.sleep(0.15)
    assert service.end() == 0
    asking.join(30)
    assert [answer.status_code for answer in answers] == [200]
    assert service.records() == answers[0].json()["accepted"] == 3000


def test_a_process_that_is_killed_is_started_again(served, sent) -> None:
    service = served()
    service.post("/v1/litellm", sent(1))
    mine = service.process.pid
    children = subprocess.run(
        ["pgrep", "-P", str(mine), "-f", "multiprocessing.spawn"], capture_output=True, text=True, check=False
    ).stdout.split()
    assert len(children) == 2
    for child in children:
        subprocess.run(["kill", "-9", child], check=True)
    time.sleep(0.3)
    until = time.monotonic() + 120
    while (
        service.get("/readyz").status_code != 200
        or service.metric('excise_process_starts_total{process="loop"}') < 2
    ):
        assert time.monotonic() < until, service.said.read_text()
        time.sleep(0.2)
    assert service.post("/v1/litellm", sent(1) + b"\n" + sent(2)).json()["accepted"] >= 1
    service.end()
    assert service.records() == 2


def test_forgetting_reaches_journal_spool_and_store(served, sent) -> None:
    service = served()
    service.post("/v1/litellm", b"\n".join([sent(1), sent(2, account="bob"), sent(3, account="bob")]))
    assert service.post("/v1/forget", b'{"accounts": ["ann"]}').status_code == 202
    until = time.monotonic() + 120
    keyring = Keyring.open(service.folder / "secret.toml", now_s=now_s())
    forgotten = Forgotten(service.folder / "journal", keyring.derive("forgotten"))
    (folder,) = writers(service.folder / "journal")

    def left() -> bytes:
        return b"".join(file_of(folder, number).read_bytes() for number in numbers(folder))

    while forgotten.wishes() or b"ann" in left():
        assert time.monotonic() < until, service.said.read_text()
        time.sleep(0.2)
    assert b"bob" in left()
    assert service.post("/v1/litellm", sent(1)).json()["rejected"] == 1
    service.end()
    assert service.records() == 2


def started(served, *arguments: str):
    """A service that is not asked over its port."""
    from_fixture = served.made(*arguments)
    from_fixture.start(wait=False)
    until = time.monotonic() + 120
    while not any(line["event"] == "listening" for line in from_fixture.lines()):
        assert time.monotonic() < until, from_fixture.said.read_text()
        time.sleep(0.1)
    return from_fixture


def test_a_unix_socket_is_served(served, tmp_path: Path) -> None:
    path = tmp_path / "excise.sock"
    service = started(served, "--socket", str(path))
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(path))) as client:
        assert client.get("http://excise.example/healthz").json()["status"] == "ok"
    assert oct(path.stat().st_mode)[-3:] == "660"
    assert service.end() == 0
    assert not path.exists()


def test_tls_is_served(served, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    made = subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)],
        capture_output=True, check=False,
    )  # fmt: skip
    if made.returncode:
        pytest.skip("openssl is not there")
    service = started(served, "--tls-cert", str(certificate), "--tls-key", str(key))
    context = ssl.create_default_context(cafile=str(certificate))
    answer = httpx.get(f"https://127.0.0.1:{service.port}/healthz", verify=context)
    assert answer.json()["status"] == "ok"
    with pytest.raises(httpx.TransportError):
        httpx.get(f"http://127.0.0.1:{service.port}/healthz")
    assert service.end() == 0
