import time
import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from excise.ingest.credentials import pseudonym, without_credentials

TOKEN = "Zm9vYmFyYmF6cXV4cXV1eA0123456789ABCDEF"
JWT = f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.{TOKEN}"
SECRETS = [
    f"sk-{TOKEN}",
    f"sk-ant-api03-{TOKEN}",
    f"sk-proj-{TOKEN}",
    "AKIA" + "ABCD1234EFGH5678",
    "ASIA" + "ABCD1234EFGH5678",
    f"ABSK{TOKEN}",
    "AIza" + "B" * 35,
    f"ya29.{TOKEN}",
    f"ghp_{TOKEN}",
    f"github_pat_{TOKEN}",
    f"gsk_{TOKEN}",
    f"hf_{TOKEN}",
    f"xai-{TOKEN}",
    f"nvapi-{TOKEN}",
    f"pk-lf-{TOKEN}",
    f"xoxb-{TOKEN}",
    JWT,
]


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("around", ["{}", "user {} end", "Bearer {}", "a={};b", '"{}"'])
def test_secrets_leave(secret: str, around: str) -> None:
    kept = without_credentials(around.format(secret))
    assert TOKEN not in kept
    assert secret not in kept
    assert "key:" in kept


def test_a_key_has_one_pseudonym_with_and_without_its_scheme() -> None:
    secret = f"sk-{TOKEN}"
    assert without_credentials(secret) == pseudonym(secret) == without_credentials(f"Bearer {secret}")
    assert without_credentials(secret + "x") != pseudonym(secret)


@pytest.mark.parametrize(
    "text",
    [
        "Basic YW5uOmh1bnRlcjI=",
        "https://ann:hunter2@proxy.example.org/x",
        "-----BEGIN RSA PRIVATE KEY-----\nabc",
    ],
)
def test_nothing_is_kept_of_what_people_think_up(text: str) -> None:
    kept = without_credentials(text)
    assert "[credential removed]" in kept
    assert "key:" not in kept
    assert not [secret for secret in ("hunter2", "YW5u", "abc") if secret in kept]


@pytest.mark.parametrize(
    "text",
    [
        "acct_5f45ee95ac",
        "OpenAI/Python 1.47.1",
        "b2711eb50c0405dfd34f6f3e173016e5",
        "task-force-management-console",
        "risk-assessment-service-17",
        "ann@example.org",
        "arn:aws:sts::123456789012:assumed-role/App/worker-7",
        "198.51.100.7",
        "langchain/0.3.2 (basic usage)",
        "t13d1516h2_aa_bb",
    ],
)
def test_names_stay(text: str) -> None:
    assert without_credentials(text) == text


@given(st.text(max_size=200))
def test_scrubbing_twice_changes_nothing_more(text: str) -> None:
    once = without_credentials(text)
    assert without_credentials(once) == once


@pytest.mark.parametrize("filler", ["eyJ", "sk-", "Bearer ", "://a:", "-----BEGIN ", "Basic A", "a.", "AKIA"])
def test_hostile_text_takes_no_time(filler: str) -> None:
    start = time.perf_counter()
    without_credentials(filler * (1_024 // len(filler)))
    assert time.perf_counter() - start < 0.5  # milliseconds in truth; a pattern that backtracks takes minutes


def test_every_shape_names_its_source() -> None:
    table = tomllib.loads(files("excise.ingest").joinpath("credentials.toml").read_text("utf-8"))
    for shape in table["shape"]:
        assert shape["source"]
        assert shape["kept"] in ("pseudonym", "nothing")
