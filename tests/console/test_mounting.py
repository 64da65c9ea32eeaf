"""The console beside the service: its first person, and the provider from the settings."""

import pytest

from excise.casework.policy import shipped
from excise.casework.state import State
from excise.casework.state.people import Role
from excise.console import mounting
from excise.errors import BadSetting
from excise.service.settings import CompanySettings, ConsoleSettings


@pytest.fixture
def state(tmp_path):
    with State.open(tmp_path / "excise.db", secret=bytes(32), now_s=0.0) as made:
        yield made


def test_the_first_person_is_made_once(state):
    password = mounting.first_password(state, now_s=0.0)
    assert mounting.first_password(state, now_s=1.0) is None
    session = state.people.sign_in(mounting.FIRST, password, now_s=2.0)
    assert session.person.role is Role.ADMIN


def _desk(state, folder, settings):
    return mounting.desk(state, folder, settings, policy=shipped, clock=lambda: 0.0, tls=False)


def test_a_provider_is_read_from_the_settings_and_its_secret_from_a_file(state, tmp_path):
    file = tmp_path / "client-secret"
    its = CompanySettings(
        issuer="https://id.example",
        client_id="excise",
        client_secret_file=str(file),
        redirect="https://console.example/sign-in/company/back",
    )
    with pytest.raises(BadSetting, match="client_secret_file"):
        _desk(state, tmp_path, ConsoleSettings(company=its))
    file.write_text("s3cret\n")
    made = _desk(state, tmp_path, ConsoleSettings(company=its, secure=True))
    assert made.company.client_secret == "s3cret"
    assert made.secure
    assert _desk(state, tmp_path, ConsoleSettings()).company is None
