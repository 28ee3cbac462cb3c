"""The REST interface as one object: routes, refusals, description."""

from typing import Any

import orjson
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from milepost.api.problems import MEDIA, TITLES, add_handlers, problem
from milepost.api.routers import (
    alignment,
    approvals,
    check_ins,
    comments,
    cycles,
    events,
    explanations,
    follows,
    guidance,
    initiatives,
    key_results,
    kpis,
    objectives,
    past,
    people,
    planning,
    reviews,
    rules,
    strategy,
    team_rhythms,
    templates,
    tokens,
    views,
    webhooks,
)

ABOUT = """Everything that a page can do, under the same permissions.

Send a token from Settings: `Authorization: Bearer mp_…`. Lists are paged by `cursor`, the `next` of
the page before. A write takes an `Idempotency-Key`, so that a retry acts once; a change takes
`If-Match` with the `ETag` you read, so that nobody is overwritten unseen. Refusals are problems
(RFC 9457) with the path of the field. `RateLimit-*` headers say what is left of the minute.
"""


class JsonParser(Parser):
    """Reads bodies strictly: NaN, infinities and numbers without end are no JSON."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the body as JSON."""
        return orjson.loads(request.body)


class JsonRenderer(BaseRenderer):
    """Writes the few answers that a route leaves to the framework."""

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """Return the data as JSON."""
        return orjson.dumps(data)


class Api(NinjaAPI):
    """The interface; its description says what the framework does not know of our answers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._described: dict[str, Any] = {}

    def get_openapi_schema(self, **asked: Any) -> Any:
        """Return OpenAPI 3.1 with problems in their own media type, and the headers of every answer.

        Made once in a process for each path it is served at: everybody may ask, and it takes a second to make.
        """
        prefix = asked.get("path_prefix") or self.get_root_path(asked.get("path_params") or {})
        if prefix not in self._described:
            self._described[prefix] = self._describe_all(prefix)
        return self._described[prefix]

    def _describe_all(self, prefix: str) -> Any:
        schema = super().get_openapi_schema(path_prefix=prefix)
        for path in schema["paths"].values():
            for operation in path.values():
                for status, answer in operation["responses"].items():
                    _describe(int(status), answer, takes_version="If-Match" in str(operation.get("parameters")))
        return schema


def _describe(status: int, answer: dict[str, Any], *, takes_version: bool) -> None:
    headers = {name: {"schema": {"type": "integer"}, "description": says} for name, says in HEADERS.items()}
    if status >= 400:  # noqa: PLR2004 - refusals
        answer["content"] = {MEDIA: next(iter(answer["content"].values()))}
        answer["description"] = TITLES.get(status, answer["description"])
    elif takes_version:
        headers["ETag"] = {"schema": {"type": "string"}, "description": "For If-Match and If-None-Match."}
    if status != 401:  # noqa: PLR2004 - nobody counts the requests of nobody
        answer["headers"] = headers


HEADERS = {
    "RateLimit-Limit": "Requests a token has a minute.",
    "RateLimit-Remaining": "Requests left of this minute.",
    "RateLimit-Reset": "Seconds until the minute is over.",
}


api = Api(
    title="Milepost",
    version="1",
    description=ABOUT,
    openapi_url="/openapi.json",
    docs_url=None,
    urls_namespace="api",
    parser=JsonParser(),
    renderer=JsonRenderer(),
    servers=[{"url": "/", "description": "this installation"}],
)
add_handlers(api)


@api.exception_handler(RequestDataTooBig)
def too_big(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
    return problem(status=413, detail="This body is over the limit of this installation.")


api.add_router("/cycles", cycles.router)
api.add_router("/objectives", objectives.router)
api.add_router("", alignment.router)
api.add_router("", key_results.router)
api.add_router("", initiatives.router)
api.add_router("", check_ins.router)
api.add_router("", planning.router)
api.add_router("", approvals.router)
api.add_router("", reviews.router)
api.add_router("/kpis", kpis.router)
api.add_router("", comments.router)
api.add_router("", follows.router)
api.add_router("", explanations.router)
api.add_router("", guidance.router)
api.add_router("", people.router)
api.add_router("", past.router)
api.add_router("", rules.router)
api.add_router("/templates", templates.router)
api.add_router("", strategy.router)
api.add_router("", team_rhythms.router)
api.add_router("/views", views.router)
api.add_router("/tokens", tokens.router)
api.add_router("/webhooks", webhooks.router)
api.add_router("/events", events.router)
