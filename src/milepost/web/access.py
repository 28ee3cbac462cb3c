"""How a page learns who asks, and where they stand."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django_htmx.http import HttpResponseClientRedirect
from django_htmx.middleware import HtmxDetails

from milepost import clock
from milepost.okr import actions as okr
from milepost.okr.queries import CycleRow
from milepost.workspace.queries import Place, get_place

P = ParamSpec("P")


class PlacedRequest(HttpRequest):
    """A request of somebody who is in the workspace it names."""

    place: Place
    user: Any
    htmx: HtmxDetails
    cycles: tuple[CycleRow, ...]


def page(
    view: Callable[Concatenate[PlacedRequest, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """Let a view run for members of the workspace only, with `request.place` set.

    Anonymous people are sent to sign in; for anybody else a workspace that is not theirs does not
    exist. Where it demands a second step, who has none is sent to set one up, whatever was asked for.
    Score rows of an older day are brought to today first (rule S7).
    """

    @never_cache
    @wraps(view)
    def placed(request: PlacedRequest, workspace: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        now = clock.now()
        place = get_place(user=request.user, slug=workspace, now=now)
        if place.lacks_second_step:
            where = reverse("second_step", args=[place.slug])
            # A fragment would be put into the page; the header lets the whole page go there.
            return HttpResponseClientRedirect(where) if request.htmx else redirect(where)
        if place.scores_are_old:
            okr.refresh_day(by=place.actor, now=now)
        request.place = place
        with timezone.override(place.time_zone):  # times are read in the workspace's zone
            return view(request, *args, **kwargs)

    return placed
