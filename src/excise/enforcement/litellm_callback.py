"""A callback for the LiteLLM proxy: ``callbacks: ["excise.enforcement.litellm_callback.handler"]``.

It answers from memory, before the call, and edits what degraded callers ask and get. The handler is made when
LiteLLM asks for it, as LiteLLM is no requirement of Excise; its settings come from the environment.
"""

import os
import time
from collections.abc import AsyncGenerator, AsyncIterator
from functools import cache
from typing import Any

import msgspec

from excise.casework.decision import Degradation
from excise.enforcement.caller import Caller
from excise.enforcement.client import Client
from excise.enforcement.settings import read_settings
from excise.enforcement.traffic.replies import Edit
from excise.enforcement.traffic.requests import limited

_METADATA = "excise_degradation"
_FIELDS = {"key": "api_key", "user": "user_id", "team": "team_id", "organization": "org_id"}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - an object whose class LiteLLM's own class is the base of
    if name == "handler":
        return _made()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


@cache
def _made() -> object:
    from fastapi import HTTPException  # noqa: PLC0415 - of LiteLLM's proxy
    from litellm.integrations.custom_logger import CustomLogger  # noqa: PLC0415 - no requirement

    class Handler(CustomLogger):  # type: ignore[misc]  # it is Any where LiteLLM is not installed
        """Refuses, degrades, and charges tokens to throttles."""

        def __init__(self) -> None:
            super().__init__()
            self.client = Client(
                read_settings(os.environ),
                clock=time.time,  # noqa: TID251 - LiteLLM hands no clock in
            )
            self.client.start()
            self._field = _FIELDS[os.environ.get("EXCISE_LITELLM_ACCOUNT", "key")]

        async def async_pre_call_hook(
            self,
            user_api_key_dict: Any,  # noqa: ANN401 - LiteLLM's
            cache: Any,  # noqa: ANN401, ARG002 - LiteLLM's
            data: Any,  # noqa: ANN401 - LiteLLM's
            call_type: str,  # noqa: ARG002 - LiteLLM's
        ) -> Any:  # noqa: ANN401 - LiteLLM's
            """Refuse the request, or take out of it what a degraded caller may not have."""
            desk = self.client.desk
            answer = desk.decide(self._caller(user_api_key_dict, data))
            if answer.refused:
                refusal = desk.refusal(answer)
                detail = msgspec.json.decode(refusal.body)["error"]
                raise HTTPException(refusal.status, detail=detail, headers=dict(refusal.headers))
            if answer.degradation is not None:
                limited(data, answer.degradation)
                # The proxy hands the same object to the hooks after the call.
                data.setdefault("metadata", {})[_METADATA] = msgspec.to_builtins(answer.degradation)
            return data

        async def async_post_call_success_hook(
            self,
            data: Any,  # noqa: ANN401 - LiteLLM's
            user_api_key_dict: Any,  # noqa: ANN401, ARG002 - LiteLLM's
            response: Any,  # noqa: ANN401 - LiteLLM's
        ) -> Any:  # noqa: ANN401 - LiteLLM's
            """Take out of a whole reply what a degraded caller may not have."""
            degradation = _degradation(data)
            return response if degradation is None else _edited(response, Edit(degradation))

        async def async_post_call_streaming_iterator_hook(
            self,
            user_api_key_dict: Any,  # noqa: ANN401, ARG002 - LiteLLM's
            response: AsyncIterator[Any],
            request_data: Any,  # noqa: ANN401 - LiteLLM's
        ) -> AsyncGenerator[Any, None]:
            """Take out of a stream what a degraded caller may not have."""
            degradation = _degradation(request_data)
            edit = None if degradation is None else Edit(degradation)
            async for chunk in response:
                yield chunk if edit is None else _edited(chunk, edit)

        async def async_log_success_event(
            self,
            kwargs: Any,  # noqa: ANN401 - LiteLLM's
            response_obj: Any,  # noqa: ANN401 - LiteLLM's
            start_time: Any,  # noqa: ANN401, ARG002 - LiteLLM's
            end_time: Any,  # noqa: ANN401, ARG002 - LiteLLM's
        ) -> None:
            """Charge what a reply took in tokens."""
            about = (kwargs.get("litellm_params") or {}).get("metadata") or {}
            account = about.get(f"user_api_key_{self._field.removeprefix('api_')}") or about.get(
                "user_api_key"
            )
            usage = getattr(response_obj, "usage", None)
            tokens = getattr(usage, "total_tokens", 0) or 0
            if tokens:
                caller = Caller(account=account, credential=about.get("user_api_key"))
                self.client.desk.charge(caller, tokens)

        def _caller(self, key: Any, data: Any) -> Caller:  # noqa: ANN401 - LiteLLM's
            about = data.get("metadata") or data.get("litellm_metadata") or {}
            account = getattr(key, self._field, None)
            end_user = getattr(key, "end_user_id", None) or data.get("user")
            return Caller(
                account=account if isinstance(account, str) else None,
                credential=getattr(key, "api_key", None),
                end_user=end_user if isinstance(end_user, str) else None,
                address=about.get("requester_ip_address") or None,
                model=data.get("model"),
            )

    Handler.__qualname__ = "Handler"
    Handler.__module__ = __name__
    return Handler()


def _degradation(data: Any) -> Degradation | None:  # noqa: ANN401 - LiteLLM's
    for name in ("metadata", "litellm_metadata"):
        said = (data.get(name) or {}).get(_METADATA)
        if said:
            return msgspec.convert(said, Degradation)
    return None


def _edited(response: Any, edit: Edit) -> Any:  # noqa: ANN401 - a reply or a chunk of LiteLLM's
    """Return a reply of the same kind, edited; its own dump and its own constructor are used."""
    before = response.model_dump(exclude_none=True)
    after = msgspec.json.decode(edit.whole(msgspec.json.encode(before)))
    return response if after == before else type(response)(**after)
