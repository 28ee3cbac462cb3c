"""Speaking to an installation by its REST interface."""

import time
import uuid
from typing import Any

import httpx

from milepost.cli.profiles import Profile

TRIES = 3
SECONDS = 30.0


class RemoteProblem(RuntimeError):
    """The installation refused, or could not be reached; the sentence says which."""


class NotThere(RemoteProblem):
    """What was asked for is not there, or not yours to see."""


class Remote:
    """One installation, as the holder of the profile's token.

    Writes carry an Idempotency-Key, so a broken line is tried again and acts once.
    """

    def __init__(self, profile: Profile, *, transport: httpx.BaseTransport | None = None) -> None:
        self.profile = profile
        self._client = httpx.Client(
            base_url=f"{profile.url}/api/v1/", timeout=SECONDS, transport=transport,
            headers={"Authorization": f"Bearer {profile.token}", "User-Agent": "milepost"},
        )  # fmt: skip

    def get(self, path: str, **query: Any) -> Any:
        """Return what stands at a path.

        Raises:
            RemoteProblem.
        """
        return self._send("GET", path, query={k: v for k, v in query.items() if v is not None})

    def post(self, path: str, body: Any) -> Any:
        """Send something and return the answer.

        Raises:
            RemoteProblem.
        """
        return self._send("POST", path, body=body)

    def patch(self, path: str, body: Any) -> Any:
        """Change something and return the answer.

        Raises:
            RemoteProblem.
        """
        return self._send("PATCH", path, body=body)

    def put(self, path: str, body: Any) -> Any:
        """Put something in place and return the answer.

        Raises:
            RemoteProblem.
        """
        return self._send("PUT", path, body=body)

    def delete(self, path: str, **query: Any) -> Any:
        """Take something away and return the answer, None where there is none.

        Raises:
            RemoteProblem.
        """
        return self._send("DELETE", path, query={k: v for k, v in query.items() if v})

    def every(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """Return a whole list, page by page.

        Raises:
            RemoteProblem.
        """
        found: list[dict[str, Any]] = []
        cursor: str | None = ""
        while cursor is not None:
            page = self.get(path, **query, limit=200, cursor=cursor or None)
            found += page["items"]
            cursor = page["next"]
        return found

    def _send(self, method: str, path: str, *, query: dict[str, Any] | None = None, body: Any = None) -> Any:
        headers = {"Idempotency-Key": uuid.uuid4().hex} if method != "GET" else {}
        for attempt in range(1, TRIES + 1):
            try:
                answer = self._client.request(method, path, params=query, json=body, headers=headers)
            except httpx.TransportError as error:
                if attempt == TRIES:
                    raise RemoteProblem(f"{self.profile.url} does not answer: {error}.") from None
                time.sleep(0.5 * attempt)
                continue
            return _read(answer)
        raise AssertionError("the loop returns or raises")


def _read(answer: httpx.Response) -> Any:
    if answer.is_success:
        return answer.json() if answer.content else None
    try:
        problem = answer.json()
        detail = problem["detail"]
        fields = "".join(f"\n  {e['field']}: {e['message']}" for e in problem["errors"] if e["message"] != detail)
    except (ValueError, KeyError, TypeError):
        raise RemoteProblem(
            f"{answer.url.host} answered {answer.status_code}, which is no answer of Milepost."
        ) from None
    kind = NotThere if answer.status_code == 404 else RemoteProblem  # noqa: PLR2004 - nothing here
    raise kind(f"{detail}{fields}")
