"""One decorator for every route: its scope, its answers as they are documented, retries, versions."""

import hashlib
import inspect
from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, get_args

import orjson
from django.db import transaction
from django.http import HttpResponse
from django.http.request import RawPostDataException
from ninja import Router

from milepost import clock
from milepost.api.auth import ApiRequest, Bearer
from milepost.api.problems import BadRequest, Problem
from milepost.workspace.actions import KeptAnswer, keep_answer, kept_answer
from milepost.workspace.errors import Invalid, Stale
from milepost.workspace.permissions import Scope

READS = frozenset({"GET"})
PATIENCE = 3
KEY = {
    "name": "Idempotency-Key", "in": "header", "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
    "description": "Any text of your own, kept for 24 hours: a retry with it is answered the same and acts once.",
}  # fmt: skip
IF_MATCH = {
    "name": "If-Match", "in": "header", "required": False, "schema": {"type": "string"},
    "description": "The ETag of the version you looked at; if the thing has changed since, 412 and nothing is saved.",
}  # fmt: skip


def reply(
    data: Any, *, status: int = 200, version: int | None = None, headers: dict[str, str] | None = None
) -> HttpResponse:
    """Return data as JSON, written here and not by the framework: lists stay as fast as the query below them.

    With `version` the answer carries an ETag of the version and a sum of the bytes, so that If-Match
    asks about the thing and If-None-Match about everything that is shown of it.
    """
    body = b"" if data is None else orjson.dumps(data)
    answer = HttpResponse(body, status=status, content_type="application/json" if body else None)
    if version is not None:
        answer["ETag"] = f'"{version}-{hashlib.sha256(body).hexdigest()[:12]}"'
    for name, value in (headers or {}).items():
        answer[name] = value
    return answer


def seen_version(request: ApiRequest, there: Mapping[str, Any]) -> int:
    """Return the version that a change is about: the one that If-Match names, else the one just read.

    A change fills what was not sent from `there`, so it must not land on a later version: the route
    then reads again and repeats it (`_patiently`), unless the sender named a version.

    Raises:
        BadRequest: it is no ETag of ours.
    """
    named = _named_version(request)
    return int(there["version"]) if named is None else named


def _named_version(request: ApiRequest) -> int | None:
    given = request.headers.get("If-Match", "").strip()
    if given in {"", "*"}:
        return None
    number = given.removeprefix("W/").strip('"').split("-")[0]
    if not (number.isascii() and number.isdigit() and len(number) < 10):  # noqa: PLR2004 - a version is small
        raise BadRequest('If-Match takes the ETag of an earlier answer, such as "3-1f0c2a9b7d4e".', field="If-Match")
    return int(number)


def route(
    router: Router,
    method: str,
    path: str,
    *,
    scope: Scope,
    summary: str,
    answer: Any = None,
    status: int = 200,
    may_be: Sequence[int] = (),
    versioned: bool = False,
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Add a route that needs a scope; every answer it can give is documented.

    Args:
        answer: schema of what it answers, None for nothing.
        may_be: refusals besides those that every route of its kind knows.
        versioned: it takes If-Match.
    """
    known = {401, 403, 422, 429, *may_be}
    if "{" in path:
        known.add(404)
    if method not in READS:
        known |= {400, 409, 413}
    if versioned:
        known |= {400, 412}
    extra = [KEY] if method not in READS else []
    if versioned:
        extra.append(IF_MATCH)

    def add(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        names = _query_names(view, path)

        @wraps(view)
        def run(request: ApiRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            for name in request.GET:
                if name not in names:
                    raise Invalid(f"{name[:60]} is not known here. Known: {', '.join(sorted(names))}.", field=name[:60])
            if method in READS:
                return _unchanged(request, view(request, *args, **kwargs))
            return _write(request, lambda: _patiently(request, lambda: view(request, *args, **kwargs)))

        responses: dict[int, Any] = {status: answer}
        responses |= dict.fromkeys(sorted(known), Problem)
        router.api_operation(
            [method], path, auth=Bearer(scope.value), response=responses, summary=summary,
            operation_id=view.__name__, by_alias=True,
            openapi_extra={"x-scope": scope.value, **({"parameters": extra} if extra else {})},
        )(run)  # fmt: skip
        return run

    return add


def _query_names(view: Callable[..., HttpResponse], path: str) -> frozenset[str]:
    """Return what may stand behind the question mark of a route."""
    names: set[str] = set()
    for parameter in list(inspect.signature(view).parameters.values())[1:]:
        kind = get_args(parameter.annotation)[0] if get_args(parameter.annotation) else parameter.annotation
        if parameter.name == "asked":
            names |= set(kind.model_fields)
        elif kind is str and f":{parameter.name}}}" not in path and f"{{{parameter.name}}}" not in path:
            names.add(parameter.name)
    return frozenset(names)


def _unchanged(request: ApiRequest, answer: HttpResponse) -> HttpResponse:
    """Return 304 when the reader has just this already."""
    etag = answer.headers.get("ETag")
    if etag and etag in {part.strip() for part in request.headers.get("If-None-Match", "").split(",")}:
        same = HttpResponse(status=304)
        same["ETag"] = etag
        return same
    return answer


def _patiently(request: ApiRequest, act: Callable[[], HttpResponse]) -> HttpResponse:
    """Run a change again when somebody else's came in between and the sender named no version."""
    for _ in range(PATIENCE):
        try:
            return act()
        except Stale:
            if _named_version(request) is not None:
                raise
    return act()


def _write(request: ApiRequest, act: Callable[[], HttpResponse]) -> HttpResponse:
    """Run a write once, whatever the number of retries with its Idempotency-Key."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return act()
    now = clock.now()
    about = hashlib.sha256(b"\n".join([str(request.method).encode(), request.get_full_path().encode(), _body(request)]))
    body_hash = about.hexdigest()
    with transaction.atomic():
        kept = kept_answer(token_id=request.token.id, key=key, body_hash=body_hash, now=now)
        if kept is not None:
            return _again(kept)
        answer = act()
        headers = {name: answer[name] for name in ("ETag", "Location") if name in answer}
        keep_answer(
            token_id=request.token.id, key=key, body_hash=body_hash, status=answer.status_code,
            body=answer.content, headers=headers, now=now,
        )  # fmt: skip
    return answer


def _again(kept: KeptAnswer) -> HttpResponse:
    answer = HttpResponse(kept.body, status=kept.status, content_type="application/json" if kept.body else None)
    for name, value in kept.headers.items():
        answer[name] = value
    answer["Idempotent-Replayed"] = "true"
    return answer


def _body(request: ApiRequest) -> bytes:
    try:
        return request.body
    except RawPostDataException:
        return b""
