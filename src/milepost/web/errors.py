"""Refusals as pages."""

from collections.abc import Callable

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from milepost.workspace.errors import DomainError, NotAllowed, NotFound

FORM_ONLY = "This address only takes what a form sends. Go back to the page with the form, and send it from there."
MOST_BODY = 21 * 1024 * 1024  # the largest file that may be sent, and the form around it


class BodyLimit:
    """Refuses a body by the length it announces, before a byte of it is read.

    What announces no length is read as empty. The REST interface has a smaller limit of its own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        size = request.META.get("CONTENT_LENGTH") or "0"
        if size.isdigit() and int(size) > MOST_BODY and not request.path_info.startswith("/api/"):
            sentence = f"What you sent has {int(size) / 1e6:,.0f} MB. Send at most 20 MB at once."
            return error_page(request, status=413, sentence=sentence)
        return self.get_response(request)


class ErrorPages:
    """Turns refusals of actions and queries into pages with the right status code."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answer = self.get_response(request)
        if answer.status_code == 405 and not answer.content and not request.path_info.startswith("/api/"):  # noqa: PLR2004
            shown = error_page(request, status=405, sentence=FORM_ONLY)
            shown.headers["Allow"] = answer.headers["Allow"]
            return shown
        return answer

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DomainError):
            return None
        status = {NotFound: 404, NotAllowed: 403}.get(type(error), 400)
        return error_page(request, status=status, sentence=str(error))


def error_page(request: HttpRequest, *, status: int, sentence: str) -> HttpResponse:
    titles = {
        400: "This cannot be shown" if request.method in {"GET", "HEAD"} else "This cannot be saved",
        403: "Not yours to change",
        404: "Nothing here",
        405: "Not this way",
        413: "Too large",
    }
    context = {"title": titles.get(status, "Something went wrong"), "sentence": sentence, "bare": True}
    return render(request, "errors/page.html", context, status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, status=404, sentence=str(NotFound()))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say what was too much, where that is known; the details of other bad requests help only who sent them."""
    status, sentence = next(
        (answer for kind, answer in TOO_MUCH.items() if isinstance(exception, kind)),
        (400, "This request could not be read. Go back, reload the page, and try again."),
    )
    return error_page(request, status=status, sentence=sentence)


def failed(request: HttpRequest) -> HttpResponse:
    """A fault of ours: a page that asks nothing of the database, which may be what failed."""
    return HttpResponse(render_to_string("errors/failed.html"), status=500)


TOO_MUCH: dict[type[Exception], tuple[int, str]] = {
    RequestDataTooBig: (413, "This form holds more text than can be kept. Send at most 5 MB of it."),
    TooManyFieldsSent: (400, "This form has too many fields. Send at most 5,000."),
    TooManyFilesSent: (400, "Send one file at a time."),
}


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return error_page(
        request,
        status=403,
        sentence="The form was open too long or came from elsewhere. Go back, reload, and send it again.",
    )
