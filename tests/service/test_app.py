"""One table of every gateway's endpoints, with settings for each by its name."""

import pytest

from excise.enforcement.gateways import gateway_kinds
from excise.errors import BadSetting
from excise.service.app import gateways


def test_every_gateway_is_there_with_or_without_settings():
    assert gateways({}).keys() == gateway_kinds().keys()


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"ngnix": {}}, "nginx"),
        ({"decide": {"ttl_seconds": 2}}, "enforcement.gateways.decide"),
        ({"decide": {"ttl_s": "long"}}, "enforcement.gateways.decide"),
    ],
)
def test_what_is_no_gateway_or_no_setting_is_named(settings, named):
    with pytest.raises(BadSetting, match=named):
        gateways(settings)
