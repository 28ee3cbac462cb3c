"""What every answer of the interface says, refusals included."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from milepost.api.limits import Left
from milepost.api.problems import TITLES, problem
from milepost.workspace.errors import NotFound

ROOT = "/api/"


class ApiHeaders:
    """Says what is left of a token's minute, and that nothing may be kept by anybody in between."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if not request.path_info.startswith(ROOT):
            return answer
        if answer.status_code in {404, 405} and answer["Content-Type"].startswith("text/html"):
            allowed = answer.headers.get("Allow")
            detail = str(NotFound()) if answer.status_code == 404 else TITLES[405]  # noqa: PLR2004 - not there
            answer = problem(status=answer.status_code, detail=detail)
            if allowed:
                answer["Allow"] = allowed
        left: Left | None = getattr(request, "left", None)
        if left is not None:
            answer["RateLimit-Limit"] = str(left.limit)
            answer["RateLimit-Remaining"] = str(left.remaining)
            answer["RateLimit-Reset"] = str(left.seconds)
            if left.is_over:
                answer["Retry-After"] = str(left.seconds)
        answer.setdefault("Cache-Control", "no-store")
        return answer
