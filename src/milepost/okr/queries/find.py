"""Finding things by the beginnings of their words, and a value to write."""

from collections.abc import Callable
from dataclasses import dataclass

from milepost.core.numbers import NotANumber, parse_number
from milepost.metrics.models import Metric
from milepost.okr.models import WITH_METRIC, Initiative, KeyResult, Objective
from milepost.workspace.actions.search import words_of
from milepost.workspace.models import Membership, SearchWord, Team
from milepost.workspace.permissions import Actor

MOST = 8
CANDIDATES = 400
LAST_LETTER = "\uffff"


@dataclass(frozen=True, slots=True)
class Found:
    """Something found; `value` is set where a typed number offers to be written to it.

    `kind` is objective, key_result, initiative, kpi, person or team; `reference` its slug or id; a key result
    names its objective.
    """

    kind: str
    reference: str
    title: str
    detail: str
    objective_id: int | None = None
    value: float | None = None
    unit_code: str = ""


def find(actor: Actor, text: str) -> tuple[Found, ...]:
    """Return what begins with these words, at most 8; with a number at the end, where it could go first.

    "reply 43" offers to write 43 to the KPI or key result whose name has a word that begins with
    "reply". Indexed reads, whatever the size of the workspace.
    """
    words = text.split()
    value: float | None = None
    if len(words) > 1:
        try:
            value = parse_number(words[-1])
        except NotANumber:
            value = None
    if value is not None:
        matches = _matches(actor, " ".join(words[:-1]), kinds=("kpi", "key_result"))
        found = _resolve(actor, matches, value=value)
        if found:
            return found[:MOST]
    return _resolve(actor, _matches(actor, text))[:MOST]


def _matches(actor: Actor, text: str, kinds: tuple[str, ...] = ()) -> list[tuple[str, int]]:
    prefixes = sorted(words_of(text), key=len, reverse=True)
    if not prefixes:
        return []
    kept: list[tuple[str, int]] | None = None
    for prefix in prefixes:
        rows = SearchWord.objects.filter(
            workspace_id=actor.workspace_id, word__gte=prefix, word__lt=prefix + LAST_LETTER
        )
        if kinds:
            rows = rows.filter(kind__in=kinds)
        if kept is not None:
            rows = rows.filter(object_id__in={pk for _, pk in kept})
        hits = list(
            dict.fromkeys(rows.order_by("word", "kind", "object_id").values_list("kind", "object_id")[:CANDIDATES])
        )
        kept = hits if kept is None else [hit for hit in kept if hit in set(hits)]
        if not kept:
            return []
    return (kept or [])[: 4 * MOST]


def _resolve(actor: Actor, hits: list[tuple[str, int]], *, value: float | None = None) -> tuple[Found, ...]:
    ids: dict[str, list[int]] = {}
    for kind, pk in hits:
        ids.setdefault(kind, []).append(pk)
    loaders: dict[str, Callable[[Actor, list[int]], dict[int, Found]]] = {
        "kpi": _kpis,
        "objective": _objectives,
        "key_result": _key_results,
        "initiative": _initiatives,
        "person": _people,
        "team": _teams,
    }
    found = {kind: load(actor, ids[kind]) for kind, load in loaders.items() if kind in ids}
    order = {kind: place for place, kind in enumerate(loaders)}
    ordered = sorted(hits, key=lambda hit: order.get(hit[0], 9))
    out = [found[kind][pk] for kind, pk in ordered if pk in found.get(kind, {})]
    if value is not None:
        out = [
            Found(f.kind, f.reference, f.title, f.detail, f.objective_id, value, f.unit_code)
            for f in out
            if f.kind == "kpi" or f.detail == "by hand"
        ]
    return tuple(out)


def _kpis(actor: Actor, ids: list[int]) -> dict[int, Found]:
    rows = Metric.objects.visible_to(actor).filter(pk__in=ids, is_kpi=True, archived_at=None)
    return {
        pk: Found("kpi", slug or "", name, "KPI", unit_code=unit)
        for pk, slug, name, unit in rows.values_list("id", "slug", "name", "unit_code")
    }


def _objectives(actor: Actor, ids: list[int]) -> dict[int, Found]:
    rows = Objective.objects.visible_to(actor).filter(pk__in=ids)
    return {
        pk: Found("objective", str(pk), title, cycle, pk)
        for pk, title, cycle in rows.values_list("id", "title", "cycle__name")
    }


def _key_results(actor: Actor, ids: list[int]) -> dict[int, Found]:
    rows = KeyResult.objects.visible_to(actor).filter(pk__in=ids, state="active")
    return {
        pk: Found(
            "key_result",
            str(pk),
            title,
            "by hand" if is_kpi is False and kind in WITH_METRIC else "key result",
            objective_id,
            unit_code=unit or "",
        )
        for pk, title, kind, objective_id, is_kpi, unit in rows.values_list(
            "id", "title", "kind", "objective_id", "metric__is_kpi", "metric__unit_code"
        )
    }


def _initiatives(actor: Actor, ids: list[int]) -> dict[int, Found]:
    rows = Initiative.objects.visible_to(actor).filter(pk__in=ids)
    return {pk: Found("initiative", str(pk), title, "Initiative") for pk, title in rows.values_list("id", "title")}


def _people(actor: Actor, ids: list[int]) -> dict[int, Found]:
    rows = Membership.objects.filter(workspace_id=actor.workspace_id, pk__in=ids, removed_at=None)
    return {pk: Found("person", str(pk), name, "Person") for pk, name in rows.values_list("id", "user__name")}


def _teams(actor: Actor, ids: list[int]) -> dict[int, Found]:
    rows = Team.objects.filter(workspace_id=actor.workspace_id, pk__in=ids)
    return {pk: Found("team", str(pk), name, "Team") for pk, name in rows.values_list("id", "name")}
