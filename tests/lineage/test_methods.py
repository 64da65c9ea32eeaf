"""All methods keep their contract: they say what they show and what not, and their settings are theirs."""

import pytest

from excise.errors import BadSetting, UnknownMember
from excise.lineage.methods import Given, Method
from excise.open_folder import members

METHODS = members("excise.lineage.methods", Method)  # type: ignore[type-abstract]


@pytest.mark.parametrize("name", METHODS)
def test_a_method_says_what_it_shows_and_what_it_does_not(name: str) -> None:
    kind = METHODS[name]
    assert kind.hypothesis.endswith(".")
    assert kind.statistic.endswith(".")
    assert kind.assumes
    assert len(kind.does_not_prove) >= 2
    assert kind.needs
    assert set(kind.uses) <= set(Given.__struct_fields__)
    assert kind.null == "" or any("Intent" in text for text in kind.does_not_prove)


@pytest.mark.parametrize("name", METHODS)
def test_settings_go_to_text_and_back(name: str) -> None:
    method = METHODS[name]()
    assert METHODS[name].from_settings(method.settings) == method


def test_an_unknown_setting_names_the_nearest() -> None:
    with pytest.raises(UnknownMember, match="did you mean 'unsure'"):
        METHODS["twins"].from_settings([("unsur", "1")])


def test_a_value_of_the_wrong_kind_is_an_error() -> None:
    with pytest.raises(BadSetting, match="setting unsure of Twins: 'x' is no float"):
        METHODS["twins"].from_settings([("unsure", "x")])
