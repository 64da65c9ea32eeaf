import pytest
from hypothesis import given
from hypothesis import strategies as st

from excise.ingest.failures import error_class


@given(st.text(max_size=300))
def test_no_word_of_a_text_is_kept(text: str) -> None:
    found = error_class(None, None, text)
    kinds = {
        "suspended",
        "rate_limit",
        "budget",
        "context_length",
        "content_filter",
        "authentication",
        "timeout",
        "server",
        "other",
    }
    assert found is None or all(
        part in kinds or (part.isdigit() and len(part) == 3) for part in found.split(" ")
    )


@pytest.mark.parametrize(
    ("named", "code", "text", "expected"),
    [
        (None, None, None, None),
        ("", None, "", None),
        ("my prompt: tell me", None, None, "other"),
        ("litellm.exceptions.RateLimitError", None, None, "litellm.exceptions.RateLimitError"),
        (None, "429", "You exceeded your current quota", "429 budget"),
        ("PermissionDeniedError", "403", "account suspended", "PermissionDeniedError 403 suspended"),
        (None, None, "Error code: 400 - maximum context length is 8192 tokens", "400 context_length"),
        (5, 503, [], "503"),
        (None, 200, "fine", "other"),
    ],
)
def test_classes(named: object, code: object, text: object, expected: str | None) -> None:
    assert error_class(named, code, text) == expected
