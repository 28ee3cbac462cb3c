"""Small pages around the others."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from milepost.web.access import PlacedRequest, page
from milepost.web.context import THEMES

A_YEAR = 365 * 24 * 3600


@require_GET
@page
def to_week(request: PlacedRequest) -> HttpResponse:
    return redirect("week", request.place.slug)


@require_GET
@page
def more(request: PlacedRequest) -> HttpResponse:
    return render(request, "frame/more.html")


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    wanted = request.POST.get("theme", "")
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    response = redirect(back)
    if wanted in THEMES:
        response.set_cookie("theme", wanted, max_age=A_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    return response
