"""AWS Bedrock's model invocation log, from S3 or CloudWatch: one JSON object a line.

The bodies are those of the model's own dialect (InvokeModel) or of Converse; a streamed reply is a list of
chunks and is put together again. A body of more than 100 kB lies in another object (``inputBodyS3Path``), so
its words are missing here, which counts as truncated.

The caller is ``identity.arn``. Of an assumed role, ``arn:aws:sts::1:assumed-role/Role/session``, the role is
the ``user`` and the session name the ``end_user``; of single sign-on, where the role is shared and the
session is a person, the whole is the user. ``requestMetadata`` is whatever the caller says and is read for
the session alone. There is no address and no user agent: CloudTrail has both, under the same request id.
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta, Struct

from excise.errors import Unreadable
from excise.ingest.exchange import Exchange
from excise.ingest.failures import error_class
from excise.ingest.fields import first, mapping, parsed
from excise.ingest.formats import Format
from excise.ingest.identities import identity, record_id_of
from excise.ingest.parameters import whole
from excise.ingest.replies import reply_of, withheld
from excise.ingest.requests import request_of
from excise.ingest.times import after_s, epoch_s
from excise.ingest.typed import decoded

_Count = Annotated[float, Meta(ge=0, le=2**31 - 1)] | None


class _Identity(Struct, frozen=True, gc=False):
    arn: str | None = None


class _Input(Struct, frozen=True, gc=False):
    inputBodyJson: object = None  # noqa: N815 - the source's own names
    inputBodyS3Path: str | None = None  # noqa: N815
    inputTokenCount: _Count = None  # noqa: N815
    cacheReadInputTokenCount: _Count = None  # noqa: N815


class _Output(Struct, frozen=True, gc=False):
    outputBodyJson: object = None  # noqa: N815
    outputBodyS3Path: str | None = None  # noqa: N815
    outputTokenCount: _Count = None  # noqa: N815


class _Record(Struct, frozen=True, gc=False):
    timestamp: float | str | None = None
    accountId: str | None = None  # noqa: N815
    identity: _Identity | None = None
    requestId: str | None = None  # noqa: N815
    operation: str | None = None
    modelId: str | None = None  # noqa: N815
    status: str | int | None = None
    errorCode: str | None = None  # noqa: N815
    requestMetadata: object = None  # noqa: N815
    input: _Input = _Input()
    output: _Output = _Output()


_DECODER = msgspec.json.Decoder(_Record)


class Bedrock(Format):
    """AWS Bedrock model invocation log."""

    account_field: ClassVar[str] = "user"

    @classmethod
    def recognizes(cls, record: Mapping[str, object]) -> bool:
        """Say whether a record is a model invocation.

        >>> Bedrock.recognizes({"schemaType": "ModelInvocationLog", "schemaVersion": "1.0"})
        True
        """
        return record.get("schemaType") == "ModelInvocationLog"

    def exchanges(self, line: bytes) -> Iterator[Exchange]:
        """Decode one invocation.

        Raises:
            Unreadable: a field has the wrong type, or there is no time.
        """
        record = decoded(_DECODER, line)
        if record.timestamp is None:
            raise Unreadable("timestamp: missing; without it an exchange has no place in time")
        started_at_s = epoch_s(record.timestamp, "timestamp")
        request = request_of(mapping(parsed(record.input.inputBodyJson)), "input.inputBodyJson")
        reply = reply_of(parsed(record.output.outputBodyJson) or None, "output.outputBodyJson")
        user, end_user = _caller(record.identity.arn if record.identity is not None else None)
        asked = mapping(parsed(record.requestMetadata))
        session = next((asked[name] for name in _SESSIONS if isinstance(asked.get(name), str)), None)
        operation = record.operation
        error = record.errorCode or reply.error
        elsewhere = record.input.inputBodyS3Path is not None or record.output.outputBodyS3Path is not None
        tokens_out = first(whole(record.output.outputTokenCount), reply.tokens_out)
        yield Exchange(
            record_id=record_id_of(record.requestId, line),
            started_at_s=started_at_s,
            ended_at_s=after_s(started_at_s, reply.duration_ms),
            first_token_at_s=after_s(started_at_s, reply.first_token_ms),
            user=user,
            organization=identity(record.accountId),
            end_user=end_user,
            session=identity(session if isinstance(session, str) else request.session),
            operation=_OPERATIONS.get(operation, identity(operation)) if operation else None,
            provider="bedrock",
            model=identity(record.modelId or request.model),
            stream=operation.endswith("Stream") if operation else request.stream,
            outcome="failure" if error else "success",
            finish_reason=reply.finish_reason,
            error=error_class(error, None, None),
            parameters=request.parameters,
            tokens_in=first(whole(record.input.inputTokenCount), reply.tokens_in),
            tokens_out=tokens_out,
            tokens_reasoning=reply.tokens_reasoning,
            tokens_cached=first(whole(record.input.cacheReadInputTokenCount), reply.tokens_cached),
            turns=request.turns,
            reply=reply.text,
            signatures=request.signatures,
            truncated=elsewhere,
            redacted=not elsewhere and not error and withheld(request, reply, tokens_out),
        )


_OPERATIONS = {
    "InvokeModel": "chat",
    "InvokeModelWithResponseStream": "chat",
    "Converse": "chat",
    "ConverseStream": "chat",
}
_SESSIONS = ("session_id", "sessionId", "conversation_id", "conversationId")


def _caller(arn: str | None) -> tuple[str | None, str | None]:
    role, slash, session = arn.rpartition("/") if arn else ("", "", "")
    if slash and ":assumed-role/" in role and "AWSReservedSSO_" not in role:
        return identity(role), identity(session)
    return identity(arn), None
