"""What the tests with real gateways share: one campaign through each of them, from block to undo."""

import contextlib
from types import SimpleNamespace

import httpx
import openai
import pytest

from excise.casework.decision import Kind, Limits
from excise.enforcement.caller import digest_of


def caller(url, key):
    return openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0, timeout=10)


def says(url, key):
    """Return what a caller reads, or the error that it gets."""
    try:
        with caller(url, key) as client:
            reply = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "hello"}])
            return reply.choices[0].message.content
    except openai.APIStatusError as error:
        return error


def streams(url, key):
    """Return the pieces that a caller reads of a stream."""
    with caller(url, key) as client:
        stream = client.chat.completions.create(
            model="m", messages=[{"role": "user", "content": "hello"}], stream=True
        )
        said = [chunk.choices[0].delta.content for chunk in stream if chunk.choices]
        return [piece for piece in said if piece]


@pytest.fixture(scope="session")
def journey(kit):
    """Give the journey of a campaign through a gateway, and its parts."""

    def go(url, keeper, *, throttles=True, block_code="harvesting", status=403):
        crew, ann = digest_of("sk-crew"), "sk-ann"
        blocked = kit.effect(crew)
        assert says(url, "sk-crew") == says(url, ann) == "w0 w1 w2 w3 w4 "
        assert streams(url, "sk-crew") == ["w0 ", "w1 ", "w2 ", "w3 ", "w4 "]

        keeper.apply(blocked)
        error = kit.within(5, lambda: isinstance(found := says(url, "sk-crew"), Exception) and found)
        assert error.status_code == status, error
        if status == 403:
            assert error.code == block_code
            reference = error.body["reference"]
            assert error.body["reason_code"] == "harvesting"
        else:
            reference = next(word for word in str(error).split() if word.startswith("apl-")).split(".")[0]
        referred = keeper.desk.references.read(reference)
        assert referred.decision == blocked.decision
        assert keeper.desk.references.is_about(referred, crew)
        assert blocked.decision not in str(error)
        assert says(url, ann) == "w0 w1 w2 w3 w4 ", "an innocent neighbor notices"
        assert says(url, "sk-mate") == "w0 w1 w2 w3 w4 "

        keeper.apply(lifted=[kit.lifted(blocked)])
        kit.within(5, lambda: says(url, "sk-crew") == "w0 w1 w2 w3 w4 ")

        keeper.apply(kit.effect(crew, until_s=keeper.clock() + 1_000))
        kit.within(5, lambda: isinstance(says(url, "sk-crew"), Exception))
        keeper.clock.ahead_s += 1_001
        kit.within(5, lambda: says(url, "sk-crew") == "w0 w1 w2 w3 w4 ")

        if throttles:
            # Two accounts of one actor share what one of them may take.
            held = [
                kit.effect(digest_of(key), Kind.THROTTLE, limits=Limits(rpm=12), actor="actor-1")
                for key in ("sk-crew", "sk-mate")
            ]
            keeper.apply(*held)
            found = kit.within(5, lambda: isinstance(error := says(url, "sk-crew"), Exception) and error)
            assert isinstance(found, openai.RateLimitError), found
            assert 1 <= int(found.response.headers["retry-after"]) <= 10
            assert isinstance(says(url, "sk-mate"), openai.RateLimitError)
            assert says(url, ann) == "w0 w1 w2 w3 w4 "
            keeper.apply(lifted=map(kit.lifted, held))
            kit.within(5, lambda: says(url, "sk-crew") == "w0 w1 w2 w3 w4 ")

    return SimpleNamespace(go=go, says=says, streams=streams, caller=caller, digest_of=digest_of)


@pytest.fixture
def in_front(kit):
    """Start a gateway between the callers and the model."""

    @contextlib.contextmanager
    def start(command, *, port, log, environment=None):
        with kit.program(*command, log=log, environment=environment) as process:
            url = f"http://127.0.0.1:{port}"

            def up():
                assert process.poll() is None, "it ended"
                with contextlib.suppress(httpx.HTTPError):
                    return httpx.get(
                        f"{url}/v1/models", headers={"authorization": "Bearer sk-ann"}
                    ).is_success
                return False

            try:
                kit.within(60, up, every_s=0.1)
            except BaseException as error:
                error.add_note(log.read_text(errors="replace")[-4000:])
                raise
            yield url

    return start
