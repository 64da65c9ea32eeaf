"""The service is called: for effects, and with captured exchanges. Nobody waits for it but this."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from excise.errors import ExciseError, NotInstalled

if TYPE_CHECKING:
    import httpx

_MOST_RETRY_S = 60.0


class ServiceDown(ExciseError):
    """The service does not answer, or not as it should; ``retry_after_s`` says when to try again, if it did.

    ``refused`` says that it answered and will not take this, however often it is sent.
    """

    def __init__(self, text: str, *, retry_after_s: float | None = None, refused: bool = False) -> None:
        super().__init__(text)
        self.retry_after_s = retry_after_s
        self.refused = refused


class Service:
    """Calls one service. One thread uses it.

    Args:
        url: where it is.
        token: with the scopes decide and capture.
        timeout_s: how long it may take to answer.

    Raises:
        NotInstalled: httpx is not there.
    """

    def __init__(self, url: str, token: str, *, timeout_s: float) -> None:
        try:
            import httpx  # noqa: PLC0415 - of the extra
        except ImportError:
            raise NotInstalled(
                "a gateway's client stands on the package httpx; pip install 'excise[serve]' brings it"
            ) from None
        # A client that was closed meanwhile, as this process ends, raises RuntimeError.
        self._errors = (httpx.HTTPError, httpx.InvalidURL, RuntimeError)
        self._timeout_s = timeout_s
        self._url = url.rstrip("/")
        headers = {"x-excise-token": token} if token else {}
        self._client = httpx.Client(headers=headers, timeout=timeout_s, trust_env=False)

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    @contextmanager
    def effects(self, *, after: int, wait_s: float) -> Iterator[Iterator[str]]:
        """Give the lines of what changed after a sequence number, when something has, or after ``wait_s``.

        Raises:
            ServiceDown: it does not answer, or not with lines.
        """
        import httpx  # noqa: PLC0415 - of the extra

        timeout = httpx.Timeout(self._timeout_s, read=self._timeout_s + wait_s)
        asked: dict[str, str | float] = {"after": after, "wait_s": wait_s}
        try:
            with self._client.stream(
                "GET", f"{self._url}/v1/effects", params=asked, timeout=timeout
            ) as response:
                self._check(response, "effects")
                yield response.iter_lines()
        except self._errors as error:
            raise ServiceDown(f"{self._url}: {type(error).__name__} {error}") from None

    def exchanges(self, body: bytes) -> None:
        """Hand over captured exchanges, a JSON object a line.

        Raises:
            ServiceDown: it does not take them.
        """
        headers = {"content-type": "application/x-ndjson"}
        try:
            response = self._client.post(f"{self._url}/v1/exchanges", content=body, headers=headers)
        except self._errors as error:
            raise ServiceDown(f"{self._url}: {type(error).__name__} {error}") from None
        self._check(response, "exchanges")

    def _check(self, response: "httpx.Response", what: str) -> None:
        if response.is_success:
            return
        status = response.status_code
        said = response.headers.get("retry-after", "")
        raise ServiceDown(
            f"{self._url} answers {status} to {what}"
            + ("; is the token right, with the scopes decide and capture?" if status in (401, 403) else ""),
            retry_after_s=min(float(said), _MOST_RETRY_S) if said.isdecimal() else None,
            refused=status in (400, 413, 415, 422),
        )
