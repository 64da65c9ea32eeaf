import msgspec
import pytest

from excise.errors import Unreadable
from excise.ingest.exchange import Exchange
from excise.ingest.formats.bedrock import Bedrock

BODY = {"messages": [{"role": "user", "content": [{"text": "2+2?"}]}]}


def read(**fields: object) -> Exchange:
    record = {
        "schemaType": "ModelInvocationLog",
        "timestamp": "2025-10-06T00:00:00Z",
        "requestId": "r",
        **fields,
    }
    (one,) = Bedrock().exchanges(msgspec.json.encode(record))
    return one


@pytest.mark.parametrize(
    ("arn", "user", "end_user"),
    [
        ("arn:aws:iam::1:user/Ann", "arn:aws:iam::1:user/Ann", None),
        ("arn:aws:sts::1:assumed-role/App/i-0ab", "arn:aws:sts::1:assumed-role/App", "i-0ab"),
        (
            "arn:aws:sts::1:assumed-role/AWSReservedSSO_Dev_0a/ann@x.org",
            "arn:aws:sts::1:assumed-role/AWSReservedSSO_Dev_0a/ann@x.org",
            None,
        ),
        (None, None, None),
        ("", None, None),
    ],
)
def test_callers(arn: str | None, user: str | None, end_user: str | None) -> None:
    found = read(identity={"arn": arn})
    assert (found.user, found.end_user) == (user, end_user)
    assert read().user is None


@pytest.mark.parametrize(
    ("operation", "stream"),
    [
        ("InvokeModel", False),
        ("InvokeModelWithResponseStream", True),
        ("Converse", False),
        ("ConverseStream", True),
    ],
)
def test_operations(operation: str, stream: bool) -> None:  # noqa: FBT001 - pytest hands it by name
    found = read(operation=operation)
    assert (found.operation, found.stream) == ("chat", stream)


def test_bodies_may_be_json_in_a_string() -> None:
    body = msgspec.json.encode(BODY).decode()
    assert read(input={"inputBodyJson": body}).turns == read(input={"inputBodyJson": BODY}).turns


def test_bodies_elsewhere_are_truncated_and_not_withheld() -> None:
    found = read(input={"inputBodyS3Path": "s3://x"}, output={"outputTokenCount": 5})
    assert (found.truncated, found.redacted, found.turns) == (True, False, None)
    assert read().redacted


def test_the_logs_counts_go_before_the_bodys() -> None:
    said = {"usage": {"inputTokens": 1, "outputTokens": 2}}
    found = read(input={"inputTokenCount": 7}, output={"outputBodyJson": said, "outputTokenCount": 9})
    assert (found.tokens_in, found.tokens_out) == (7, 9)
    assert read(output={"outputBodyJson": said}).tokens_out == 2


def test_what_the_caller_says_is_read_for_the_session_alone() -> None:
    assert read(requestMetadata={"session_id": "s", "user": "mallory"}).session == "s"
    assert read(requestMetadata={"session_id": 5}).session is None
    assert read(requestMetadata="x").user is None


def test_no_time_no_exchange() -> None:
    with pytest.raises(Unreadable, match=r"^timestamp: missing"):
        read(timestamp=None)
