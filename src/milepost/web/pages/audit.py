"""The audit trail: who changed what, from what to what, when, and why."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from milepost import clock
from milepost.exchange.csv_out import lines
from milepost.okr.queries import Thing, names_in, things_of
from milepost.web import format as words
from milepost.web.access import PlacedRequest, page
from milepost.web.forms.audit import AuditForm
from milepost.web.words import (
    AGGREGATIONS,
    AMBITIONS,
    DIRECTIONS,
    FIELDS,
    FREQUENCIES,
    HANDS,
    KINDS,
    LOOKS,
    VERBS,
    WEEKDAYS,
)
from milepost.workspace import actions
from milepost.workspace.errors import Invalid
from milepost.workspace.queries import Place, every_event, list_events, list_everybody, trail_head

SHOWN = 50
LONGEST = 160  # letters of a text in a cell; the file has all of them
PEOPLE = frozenset({"lead", "owner_person"})
ACTORS = {"operator": "The operator", "import": "An import", "job": "Milepost"}  # who acts for nobody
HEADER = (
    "Number", "When (UTC)", "Person", "By what hand", "Token", "What was done", "Kind", "Id", "Name", "Field", "Before",
    "After", "Reason", "Fingerprint",
)  # fmt: skip


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
    form, filters = _asked(request, request.GET)
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


@require_POST
@page
def as_csv(request: PlacedRequest) -> StreamingHttpResponse:
    """Send the trail, narrowed to what was asked for, as a file; taking it away is an event itself."""
    place = request.place
    form, filters = _asked(request, request.POST)
    if form.errors:
        raise Invalid("This cannot be narrowed so. Go back to Audit, change it there, and take the file from there.")
    told = {name: value for name, value in request.POST.items() if name in form.fields and value}
    until = actions.record_export(by=place.actor, filters=told, now=clock.now())
    parts = every_event(place.actor, filters=filters, until=until)
    answer = StreamingHttpResponse(
        (line.encode() for line in lines(HEADER, _cells(place, parts))), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{place.slug}-audit-{place.today}.csv"'
    return answer


def _asked(request: PlacedRequest, given: Any) -> tuple[AuditForm, dict[str, object]]:
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
    things, names = _known(place, items)
    return [
        Line(
            sequence=item["sequence"],
            at=item["at"],
            who=_who(item, things),
            hand=_hand(item, things),
            verb="checked in on" if item["verb"] == "checked_in" else VERBS.get(item["verb"], item["verb"]),
            name=_name(item, things),
            kind=KINDS.get(item["kind"], item["kind"]),
            address=_address(place, item, things),
            changes=tuple(
                (_label(field, place), _shown(field, old, names), _shown(field, new, names))
                for field, (old, new) in item["changes"].items()
            ),
            detail=_detail(item, names),
            reason=item["reason"],
        )
        for item in items
    ]


def _cells(place: Place, parts: Iterable[Sequence[Mapping[str, Any]]]) -> Iterator[tuple[object, ...]]:
    """Return the rows of the file: one for each changed field, one for an event that changed none."""
    for part in parts:
        things, names = _known(place, part)
        for item in part:
            token = things.get(("token", item["token_id"] or 0))
            first = (
                item["sequence"], item["at"], item["person_name"] or "", item["hand"], token.name if token else "",
                item["verb"], item["kind"], item["object_id"], _name(item, things),
            )  # fmt: skip
            for field, (old, new) in item["changes"].items() or [("", (None, None))]:
                yield (*first, field, _cell(field, old, names), _cell(field, new, names), item["reason"], item["hash"])


def _known(
    place: Place, items: Sequence[Mapping[str, Any]]
) -> tuple[dict[tuple[str, int], Thing], dict[int, str]]:  # fmt: skip
    wanted = {(item["kind"], item["object_id"]) for item in items}
    wanted |= {("token", item["token_id"]) for item in items if item["token_id"]}
    return things_of(place.actor, wanted), names_in(place.actor, items)


def _who(item: Mapping[str, Any], things: Mapping[tuple[str, int], Thing]) -> str:
    if item["person_name"]:
        return str(item["person_name"])
    token = things.get(("token", item["token_id"] or 0))
    return token.name if token else ACTORS.get(item["hand"], "Milepost")


def _hand(item: Mapping[str, Any], things: Mapping[tuple[str, int], Thing]) -> str:
    """Return by what hand, where it was not the person's own."""
    if item["hand"] == "person":
        return ""
    token = things.get(("token", item["token_id"] or 0))
    if token and item["person_name"]:
        return f"by the token {token.name}"
    return "" if item["hand"] in ACTORS else HANDS.get(str(item["hand"]), "").lower()


def _name(item: Mapping[str, Any], things: Mapping[tuple[str, int], Thing]) -> str:
    """Return what the thing is called today, or was when it was last heard of."""
    thing = things.get((item["kind"], item["object_id"]))
    if thing is not None:
        return thing.name
    about, changes = item["about"], item["changes"]
    told = about.get("title") or about.get("name") or about.get("url")
    for field in ("title", "name", "url"):
        pair = changes.get(field) or (None, None)
        told = told or pair[1] or pair[0]
    return str(told or "")


def _address(place: Place, item: Mapping[str, Any], things: Mapping[tuple[str, int], Thing]) -> str:
    """Return where the thing stands, "" when it is gone or has no page."""
    kind, pk = item["kind"], item["object_id"]
    thing = things.get((kind, pk))
    if thing is None:
        return ""
    routes = {"objective": "goal", "person": "person", "team": "team"}
    if kind in routes:
        return reverse(routes[kind], args=[place.slug, pk]) if thing.reference else ""
    match kind:
        case "key_result":
            return f"{reverse('goal', args=[place.slug, int(thing.reference)])}#kr-{pk}"
        case "kpi":
            return reverse("kpi", args=[place.slug, thing.reference])
        case "cycle":
            return f"{reverse('settings_cycles', args=[place.slug])}?edit={pk}"
        case "webhook":
            return f"{reverse('webhooks', args=[place.slug])}?log={pk}#webhook-{pk}"
        case "workspace":
            return reverse("settings", args=[place.slug])
    return ""


def _label(field: str, place: Place) -> str:
    """Return what a changed field is called; values are filed under the day of their period."""
    if field == "key_results":
        return "Key results"
    if field in FIELDS:
        return FIELDS[field]
    try:
        return words.day(datetime.fromisoformat(field).date(), today=place.today)
    except ValueError:
        return field.replace("_", " ").capitalize()


def _detail(item: Mapping[str, Any], names: Mapping[int, str]) -> str:
    """Return what else the event tells: whom, how many, of which period."""
    about = item["about"]
    said = []
    if item["kind"] == "team" and about.get("person") in names:
        said.append(names[about["person"]])
    if about.get("count", 1) > 1:
        said.append(f"{about['count']} values, {about['first']} to {about['last']}")
    if about.get("source") in {"file", "api"}:
        said.append("from a file" if about["source"] == "file" else "by API")
    if about.get("period"):
        said.append(f"period of {about['period']}")
    if item["verb"] == "exported":
        asked = about.get("filters", {})
        said.append(", ".join(f"{name} {value}" for name, value in asked.items()) or "all of it")
    return ", ".join(said)


_CHOICES: dict[str, Mapping[Any, str]] = {
    "ambition": {key: text.split(":", maxsplit=1)[0] for key, text in AMBITIONS.items()},
    "direction": DIRECTIONS,
    "counts": {"key_results": "its key results", "objectives": "its child objectives", "both": "both"},
    "aggregation": {key: text.split(",", maxsplit=1)[0] for key, text in AGGREGATIONS.items()},
    "frequency": FREQUENCIES,
    "rhythm_weekday": dict(enumerate(WEEKDAYS)),
    "rhythm_weeks": {0: "every month"},
}


def _shown(field: str, value: Any, names: Mapping[int, str]) -> str:
    """Return a value as people read it, "" for none, long texts cut."""
    said = _cell(field, value, names)
    if said is None or said == "":
        return ""
    if isinstance(said, bool):
        return "yes" if said else "no"
    if isinstance(said, int | float):
        return words.exact(said)
    text = str(said)
    return f"{text[:LONGEST].rstrip()} …" if len(text) > LONGEST else text


def _cell(field: str, value: Any, names: Mapping[int, str]) -> Any:
    """Return a value as the file has it: names for people, words for choices, everything else as it is."""
    if field in PEOPLE and isinstance(value, int):
        return names.get(value, f"person {value}")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):  # steps of a milestone, by id
        return f"{words.number(sum(value.values()))} of {len(value)} done"
    if isinstance(value, int | str) and not isinstance(value, bool):
        known = _CHOICES.get(field, {}).get(value)
        if known is not None:
            return known
        if field in {"state", "own_word"} and value in LOOKS:
            return LOOKS[str(value)].label
    return value
