"""``excise serve`` shows the console: on a free port, through everything that stands before it."""

import os
import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest

from excise.casework.state.people import Role
from excise.console.serving import SECOND, prepare, second_person
from excise.service.starting import Asked


@pytest.fixture
def running(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    told = tmp_path / "told.txt"
    command = [
        sys.executable,
        "-m",
        "excise",
        "serve",
        "--data",
        str(tmp_path / "data"),
        "--listen",
        f"127.0.0.1:{port}",
    ]
    environment = os.environ | {"EXCISE_PASSPHRASE": "a passphrase of the test", "PYTHONUNBUFFERED": "1"}
    with told.open("w") as out:
        process = subprocess.Popen(command, stdout=out, env=environment)
        url = f"http://127.0.0.1:{port}"
        try:
            for _ in range(600):
                assert process.poll() is None, "it ended by itself"
                try:
                    httpx.get(url + "/sign-in", timeout=5)
                    break
                except httpx.TransportError:
                    time.sleep(0.1)
            yield url, told.read_text()
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


def test_who_signs_in_with_the_password_that_was_told_sees_the_queue(running):
    url, told = running
    password = next(line for line in told.splitlines() if "password" in line).rsplit(" ", 1)[1]
    with httpx.Client(base_url=url, headers={"sec-fetch-site": "same-origin"}, timeout=30) as visitor:
        assert visitor.get("/", follow_redirects=False).headers["location"].startswith("/sign-in")
        visitor.post("/sign-in", data={"name": "admin", "password": password, "to": "/"})
        page = visitor.get("/")
        assert page.status_code == 200
        assert "0 cases" in page.text
        assert visitor.get("/detectors").status_code == 200
    assert httpx.post(url + "/v1/decide", json={"account": "a"}).status_code == 401, "tokens still hold"


def test_the_password_is_told_once(tmp_path):
    asked = Asked(data=tmp_path / "data", passphrase="a passphrase of the test")
    first, second = prepare(asked), prepare(asked)
    assert sum("password" in line for line in first.told) == 1
    assert not any("password" in line for line in second.told)
    for one in (first, second):
        one.service.state.close()


def test_a_demo_has_a_second_person_who_may_agree(tmp_path):
    asked = Asked(data=tmp_path / "data", passphrase="a passphrase of the test")
    made = second_person(prepare(asked))
    password = made.told[-1].rsplit(" ", 1)[1]
    session = made.service.state.people.sign_in(SECOND, password, now_s=0.0)
    assert session.person.role is Role.APPROVER
    assert second_person(made) is made, "there are two already"
    made.service.state.close()
