import pytest

from excise.enforcement.gateways import gateway_kinds
from excise.errors import BadSetting
from excise.service.app import gateways


def test_every_gateway_is_there_with_its_settings() -> None:
    made = gateways({"crowdsec": {"origin": "us"}})
    assert set(made) == set(gateway_kinds())
    assert made["crowdsec"].origin == "us"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"crowdsek": {}}, "did you mean 'crowdsec'"), ({"crowdsec": {"origin": 7}}, "gateways.crowdsec")],
)
def test_what_is_wrong_is_named(settings, said: str) -> None:
    with pytest.raises(BadSetting, match=said):
        gateways(settings)
