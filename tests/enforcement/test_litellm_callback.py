"""The callback for LiteLLM costs nothing until LiteLLM asks for it; a real proxy runs it in ``gateways``."""

import importlib.util

import pytest

from excise.enforcement import litellm_callback


def test_it_is_imported_without_litellm_and_has_nothing_but_the_handler():
    with pytest.raises(AttributeError, match="nothing_else"):
        litellm_callback.nothing_else  # noqa: B018 - asking is what is tried


@pytest.mark.skipif(importlib.util.find_spec("litellm") is not None, reason="LiteLLM is installed here")
def test_without_litellm_the_handler_says_what_is_missing():
    with pytest.raises(ImportError, match=r"fastapi|litellm"):
        litellm_callback.handler  # noqa: B018 - asking is what is tried
