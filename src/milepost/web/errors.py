"""Refusals as pages."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from milepost.workspace.errors import DomainError, NotAllowed, NotFound


class ErrorPages:
    """Turns refusals of actions and queries into pages with the right status code."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DomainError):
            return None
        status = {NotFound: 404, NotAllowed: 403}.get(type(error), 400)
        return error_page(request, status=status, sentence=str(error))


def error_page(request: HttpRequest, *, status: int, sentence: str) -> HttpResponse:
    titles = {
        400: "This cannot be saved",
        403: "Not yours to change",
        404: "Nothing here",
        405: "Not this way",
    }
    context = {"title": titles.get(status, "Something went wrong"), "sentence": sentence, "bare": True}
    return render(request, "errors/page.html", context, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, status=404, sentence=str(NotFound()))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(
        request,
        status=403,
        sentence="The form was open too long or came from elsewhere. Go back, reload, and send it again.",
    )
