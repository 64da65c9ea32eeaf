"""HTTP as notices need it: one POST, a deadline, no redirect, and the answer looked at and not read."""

import httpx

from excise.casework.notify.failures import NotSent

TIMEOUT_S = 10.0


def post(url: str, body: bytes, headers: dict[str, str]) -> None:
    """Send a body of JSON.

    Raises:
        NotSent: nobody answered, or not with a 2xx.
    """
    try:
        with httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client:
            request = client.build_request(
                "POST", url, content=body, headers={"Content-Type": "application/json", **headers}
            )
            reply = client.send(request, stream=True)
            status = reply.status_code
            reply.close()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NotSent(f"{type(error).__name__}: {error}") from None
    if not 200 <= status < 300:
        raise NotSent(f"it answered {status}")
