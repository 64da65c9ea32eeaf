"""What the tests of ingest share: the golden logs, and a chunk made of lines."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from excise.ingest.chunks import Chunk

# How fast a machine is, and how busy, is no property of what is tested
settings.register_profile("busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy machine")

LOGS = Path(__file__).parent / "logs"
FORMATS = ("bedrock", "kong", "langfuse", "litellm", "openai", "otel_genai")


@pytest.fixture(params=FORMATS)
def format_name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def golden() -> Callable[[str], list[bytes]]:
    """The lines of a format's golden log."""
    return lambda name: (LOGS / f"{name}.jsonl").read_bytes().splitlines()


@pytest.fixture
def chunk() -> Callable[..., Chunk]:
    """A chunk of the lines given."""
    return lambda *lines, **rest: Chunk(file="log", data=b"".join(line + b"\n" for line in lines), **rest)
