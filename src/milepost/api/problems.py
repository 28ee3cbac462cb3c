"""Refusals as RFC 9457 problems: a type, a sentence, and the field it is about."""

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from ninja import Field, NinjaAPI, Schema
from ninja.errors import HttpError, ValidationError

from milepost.core.calendar import NotAPeriod
from milepost.core.numbers import NotANumber
from milepost.core.pace import EmptyCycle
from milepost.core.progress import NoDistance
from milepost.core.rollup import SharesAboveOne
from milepost.core.target import BadTarget
from milepost.core.units import ScaleMixedUp
from milepost.workspace.errors import DomainError, KeyReused, NotAllowed, NotFound, NoToken, Stale

MEDIA = "application/problem+json"
TITLES = {
    400: "This request cannot be read",
    401: "Sign in first",
    403: "Not allowed",
    404: "Nothing here",
    405: "Not this way",
    409: "Under way",
    412: "Somebody was faster",
    413: "Too much at once",
    422: "This cannot be saved",
    429: "Too many requests",
}
MATHS = (NotAPeriod, NotANumber, EmptyCycle, NoDistance, SharesAboveOne, BadTarget, ScaleMixedUp)


class FieldProblem(Schema):
    """What is wrong with one field; `field` is its path in the request, such as body.values.3.period."""

    field: str
    message: str


class Problem(Schema):
    """A refusal (RFC 9457)."""

    type: str = Field(examples=["/api/v1/docs#problem-422"])
    title: str = Field(examples=["This cannot be saved"])
    status: int = Field(examples=[422])
    detail: str = Field(examples=["Write at most 200 characters."])
    errors: list[FieldProblem] = []
    version: int | None = Field(None, description="With 412: the version that stands there now.")


class OutOfScope(DomainError):
    """The token may not do this, whoever holds it."""

    def __init__(self, scope: str) -> None:
        super().__init__(f"This token lacks the scope {scope}. Make one that has it, in Settings.")


class TooMany(DomainError):
    """The token has used up its requests of this minute."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"This token has used up its requests. Come back in {seconds} seconds.")


class BadRequest(DomainError):
    """The request itself is broken: no JSON, a header that cannot be read."""


class TooLarge(DomainError):
    """The body is over the limit."""


STATUS: dict[type[Exception], int] = {
    NotFound: 404,
    NotAllowed: 403,
    OutOfScope: 403,
    NoToken: 401,
    Stale: 412,
    TooMany: 429,
    BadRequest: 400,
    TooLarge: 413,
}


def problem(
    *, status: int, detail: str, errors: list[dict[str, str]] | None = None, version: int | None = None
) -> HttpResponse:
    """Return a refusal as an answer."""
    body: dict[str, Any] = {
        "type": f"/api/v1/docs#problem-{status}",
        "title": TITLES.get(status, "Something went wrong"),
        "status": status,
        "detail": detail,
        "errors": errors or [],
        "version": version,
    }
    answer = HttpResponse(orjson.dumps(body), status=status, content_type=MEDIA)
    if status == 401:  # noqa: PLR2004 - RFC 9110 wants it to name the way in
        answer["WWW-Authenticate"] = 'Bearer realm="milepost"'
    return answer


def problem_of(error: Exception) -> HttpResponse:
    """Return the answer to what an action, a query or the maths refused."""
    if isinstance(error, KeyReused):
        return problem(status=409 if error.at_once else 422, detail=str(error), errors=_fields(error, error.field))
    status = STATUS.get(type(error), 422)
    version = error.current if isinstance(error, Stale) else None
    return problem(
        status=status, detail=str(error), errors=_fields(error, getattr(error, "field", "")), version=version
    )


def _fields(error: Exception, field: str) -> list[dict[str, str]]:
    return [{"field": field, "message": str(error)}] if field else []


def add_handlers(api: NinjaAPI) -> None:
    """Turn everything that can go wrong into a problem."""

    def refused(request: HttpRequest, error: Any) -> HttpResponse:
        return problem_of(error)

    for kind in (DomainError, *MATHS):
        api.add_exception_handler(kind, refused)

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        errors = [
            {"field": ".".join(str(part) for part in _path(e["loc"])), "message": str(e["msg"])} for e in error.errors
        ]
        places = ", ".join(e["field"] for e in errors[:5])
        return problem(status=422, detail=f"Not as the description says: {places}.", errors=errors[:100])

    @api.exception_handler(HttpError)
    def broken(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(status=error.status_code, detail=error.message)


def _path(place: Any) -> list[Any]:
    """Return the path of a field; ninja puts the name of the parameter between "body" and the field."""
    parts = list(place)
    return [parts[0], *parts[2:]] if len(parts) > 2 and parts[0] == "body" else parts  # noqa: PLR2004 - body, name, field
