"""The audit trail: who changed what, from what to what, when, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from milepost.web.access import PlacedRequest, page
from milepost.web.forms.audit import AuditForm
from milepost.web.pages.audit_words import address_of, detail_of, hand_of, known, label_of, name_of, shown, who_of
from milepost.web.words import KINDS, VERBS
from milepost.workspace.queries import Place, list_events, list_everybody, trail_head

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One event as the table shows it."""

    sequence: int
    at: datetime
    who: str
    hand: str
    verb: str
    name: str
    kind: str
    address: str
    changes: tuple[tuple[str, str, str], ...]
    detail: str
    reason: str


@require_safe
@page
def audit(request: PlacedRequest) -> HttpResponse:
    """Show the trail, narrowed to what was asked for."""
    place = request.place
    form, filters = asked_of(request, request.GET)
    found = list_events(place.actor, filters=filters, cursor=request.GET.get("cursor", ""), limit=SHOWN)
    query = request.GET.copy()
    query.pop("cursor", None)
    older = query.copy()
    older["cursor"] = found.next or ""
    context = {
        "form": form,
        "lines": _lines(place, found.items),
        "head": trail_head(place.workspace_id),
        "is_narrowed": bool(filters),
        "is_first": not request.GET.get("cursor"),
        "newest": f"?{query.urlencode()}",
        "older": f"?{older.urlencode()}" if found.next else "",
        "asked": [(name, value) for name, value in query.items() if name in form.fields and value],
    }
    return render(request, "settings/audit.html", context, status=422 if form.errors else 200)


def asked_of(request: PlacedRequest, given: Any) -> tuple[AuditForm, dict[str, object]]:
    """Return the form and what it narrows the trail to; days are those of the workspace's zone."""
    place = request.place
    form = AuditForm(given, people=list_everybody(place.actor) if place.actor.is_admin else ())
    if not form.is_valid():
        return form, {}
    asked, zone = form.cleaned_data, ZoneInfo(place.time_zone)
    filters: dict[str, object] = {name: asked[name] for name in ("hand", "kind", "verb") if asked[name]}
    if asked["person"]:
        filters["person_id"] = int(asked["person"])
    if asked["first"]:
        filters["since"] = datetime.combine(asked["first"], time.min, zone)
    if asked["last"] and asked["last"] < asked["last"].max:
        filters["before"] = datetime.combine(asked["last"] + timedelta(days=1), time.min, zone)
    return form, filters


def _lines(place: Place, items: Sequence[Mapping[str, Any]]) -> list[Line]:
    things, names = known(place, items)
    return [
        Line(
            sequence=item["sequence"],
            at=item["at"],
            who=who_of(item, things),
            hand=hand_of(item, things),
            verb="checked in on" if item["verb"] == "checked_in" else VERBS.get(item["verb"], item["verb"]),
            name=name_of(item, things),
            kind=KINDS.get(item["kind"], item["kind"]),
            address=address_of(place, item, things),
            changes=tuple(
                (label_of(field, place), shown(field, old, names), shown(field, new, names))
                for field, (old, new) in item["changes"].items()
            ),
            detail=detail_of(item, names),
            reason=item["reason"],
        )
        for item in items
    ]
