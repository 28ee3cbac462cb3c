"""How an event of the trail reads: who, by what hand, what it was about, from what to what."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from milepost.okr.queries import Thing, names_in, things_of
from milepost.web import format as words
from milepost.web.words import (
    AGGREGATIONS,
    AMBITIONS,
    CURVES,
    DIRECTIONS,
    FIELDS,
    FREQUENCIES,
    HANDS,
    KEY_RESULT_KINDS,
    LOOKS,
    PERSPECTIVES,
    WEEKDAYS,
)
from milepost.workspace.queries import Place

LONGEST = 160  # letters of a text in a cell; the file has all of them
PEOPLE = frozenset({"lead", "owner_person", "stand_in"})
ACTORS = {"operator": "The operator", "import": "An import", "job": "Milepost"}  # who acts for nobody

Things = Mapping[tuple[str, int], Thing]


def known(place: Place, items: Sequence[Mapping[str, Any]]) -> tuple[Things, dict[int, str]]:
    """Return the things and the people that events are about, as they are called today."""
    wanted = {(item["kind"], item["object_id"]) for item in items}
    wanted |= {("token", item["token_id"]) for item in items if item["token_id"]}
    return things_of(place.actor, wanted), names_in(place.actor, items)


def who_of(item: Mapping[str, Any], things: Things) -> str:
    if item["person_name"]:
        return str(item["person_name"])
    token = things.get(("token", item["token_id"] or 0))
    return token.name if token else ACTORS.get(item["hand"], "Milepost")


def hand_of(item: Mapping[str, Any], things: Things) -> str:
    """Return by what hand, where it was not the person's own."""
    if item["hand"] == "person":
        return ""
    token = things.get(("token", item["token_id"] or 0))
    if token and item["person_name"]:
        return f"by the token {token.name}"
    return "" if item["hand"] in ACTORS else HANDS.get(str(item["hand"]), "").lower()


def name_of(item: Mapping[str, Any], things: Things) -> str:
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


def address_of(place: Place, item: Mapping[str, Any], things: Things) -> str:
    """Return where the thing stands, "" when it is gone or has no page."""
    kind, pk = item["kind"], item["object_id"]
    thing = things.get((kind, pk))
    if thing is None:
        return ""
    routes = {"objective": "goal", "initiative": "initiative", "person": "person", "team": "team"}
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
        case "strategy" | "pillar":
            return reverse("strategy", args=[place.slug])
        case "workspace":
            return reverse("settings", args=[place.slug])
    return ""


def label_of(field: str, place: Place) -> str:
    """Return what a changed field is called; values are filed under the day of their period."""
    if field == "key_results":
        return "Key results"
    if field in FIELDS:
        return FIELDS[field]
    try:
        return words.day(datetime.fromisoformat(field).date(), today=place.today)
    except ValueError:
        return field.replace("_", " ").capitalize()


def detail_of(item: Mapping[str, Any], names: Mapping[int, str]) -> str:
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


def shown(field: str, value: Any, names: Mapping[int, str]) -> str:
    """Return a value as people read it, "" for none, long texts cut."""
    said = value_of(field, value, names)
    if said is None or said == "":
        return ""
    if isinstance(said, bool):
        return "yes" if said else "no"
    if isinstance(said, int | float):
        return words.exact(said)
    text = str(said)
    return f"{text[:LONGEST].rstrip()} …" if len(text) > LONGEST else text


def value_of(field: str, value: Any, names: Mapping[int, str]) -> Any:
    """Return a value as the file has it: names for people, words for choices, everything else as it is."""
    if field in PEOPLE and isinstance(value, int):
        return names.get(value, f"person {value}")
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):  # steps of a milestone, by id
        return f"{words.number(sum(value.values()))} of {len(value)} done"
    if isinstance(value, int | str) and not isinstance(value, bool):
        word = CHOICES.get(field, {}).get(value)
        if word is not None:
            return word
        if field in {"state", "own_word"} and value in LOOKS:
            return LOOKS[str(value)].label
    return value


CHOICES: dict[str, Mapping[Any, str]] = {
    "ambition": {key: text.split(":", maxsplit=1)[0] for key, text in AMBITIONS.items()},
    "direction": DIRECTIONS,
    "counts": {"key_results": "its key results", "objectives": "its child objectives", "both": "both"},
    "aggregation": {key: text.split(",", maxsplit=1)[0] for key, text in AGGREGATIONS.items()},
    "frequency": FREQUENCIES,
    "rhythm_weekday": dict(enumerate(WEEKDAYS)),
    "curve": {key: text.split(":", maxsplit=1)[0] for key, text in CURVES.items()},
    "kind": KEY_RESULT_KINDS,
    "rhythm_weeks": {0: "every month"},
    "perspective": PERSPECTIVES,
}
