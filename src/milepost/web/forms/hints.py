"""What is being typed, as the linter looks at it; read leniently, since half of it is not there yet."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms

from milepost.core.guidance import KeyResultFacts, KpiFacts, ObjectiveFacts, OwnerFacts, OwnerKind, Remark
from milepost.core.measure import Kind
from milepost.core.numbers import NotANumber, parse_number
from milepost.core.pace import Ambition
from milepost.okr.queries import DraftContext
from milepost.web.forms.fields import optional_id
from milepost.web.forms.goals import read_phrase

MOST_ROWS = 10
LONGEST = 300
HINTED = {
    "objective": ("title", "owner", "lead", "parent"),
    "key_result": ("title", "kind", "target", "low", "kpi"),
    "kpi": ("name", "description", "unit", "rule", "as_given"),
}
WORK = "an initiative: work under the objective that moves no number"
EACH = {"day": "each day", "week": "each week", "month": "each month", "quarter": "each quarter", "year": "each year"}
_SHORTEST = 4  # letters of a word that says something


@dataclass(frozen=True, slots=True)
class Button:
    """Puts a value into a field of the same form."""

    label: str
    field: str
    value: str


@dataclass(frozen=True, slots=True)
class Hint:
    """A remark beside a field, with at most two things to press."""

    remark: Remark
    buttons: tuple[Button, ...] = ()


def give_hints(form: forms.Form, kind: str) -> None:
    """Leave room for hints below the fields that may have one."""
    for name in HINTED[kind]:
        if name in form.fields:
            form.fields[name].has_hints = True  # type: ignore[attr-defined]


def owner_of(sent: Mapping[str, Any], names: Mapping[str, str]) -> OwnerFacts:
    """Return whose an objective is to be; `names` are those of the choices of the form."""
    kind, _, pk = str(sent.get("owner", "")).partition("-")
    number = optional_id(pk)
    if kind not in {"team", "person"} or number is None:
        return OwnerFacts()
    return OwnerFacts(OwnerKind(kind), number, names.get(str(sent["owner"]), "").strip())


def objective_of(
    sent: Mapping[str, Any], *, owner: OwnerFacts, context: DraftContext, is_new: bool
) -> tuple[ObjectiveFacts, dict[str, str]]:
    """Return the objective that is being typed, and for each row of a key result how its one line was read.

    An objective that is there already has key results that its form does not show.
    """
    rows = []
    read: dict[str, str] = {}
    for number in range(MOST_ROWS):
        prefix = f"kr-{number}"
        title = str(sent.get(f"{prefix}-title", ""))[:LONGEST].strip()
        if title and is_work(sent, prefix):
            read[prefix] = WORK
        elif title:
            fact, said = _row(sent, prefix, title, context)
            rows.append(fact)
            if said:
                read[prefix] = said
    facts = ObjectiveFacts(
        title=str(sent.get("title", ""))[:LONGEST].strip(),
        owner=owner,
        has_lead=bool(sent.get("lead")),
        has_parent=bool(sent.get("parent")),
        counts_children=not is_new or not rows or sent.get("counts") in {"objectives", "both"},
        key_results=tuple(rows),
    )
    return facts, read


def is_work(sent: Mapping[str, Any], prefix: str) -> bool:
    """Return whether a row is to be an initiative; who writes a value to reach wants a key result."""
    return sent.get(f"{prefix}-kind") == "initiative" and not str(sent.get(f"{prefix}-target", "")).strip()


def _row(sent: Mapping[str, Any], prefix: str, title: str, context: DraftContext) -> tuple[KeyResultFacts, str]:
    start, target = (_number(sent.get(f"{prefix}-{name}", "")) for name in ("start", "target"))
    unit, said = str(sent.get(f"{prefix}-unit", "")), ""
    if start is None and target is None and (phrase := read_phrase(title)) is not None:
        title, start, target, unit = phrase["title"], phrase["start"], phrase["target"], phrase["unit"]
        said = f"from {start:.12g} to {target:.12g} {unit}".strip()
    kind = str(sent.get(f"{prefix}-kind", ""))
    slug = str(sent.get(f"{prefix}-kpi", ""))
    fact = KeyResultFacts(
        title=title,
        kind=Kind(kind) if kind in set(Kind) else Kind.REACH,
        reference=prefix,
        start=start,
        target=target,
        unit=unit,
        ambition=_ambition(sent),
    )
    return _reading(fact, slug, context), said


def key_result_of(sent: Mapping[str, Any], context: DraftContext) -> KeyResultFacts:
    """Return the key result that is being typed."""
    kind = str(sent.get("kind", ""))
    is_made = kind == Kind.CHILDREN
    start, target = (_number(sent.get(f"sum_{n}" if is_made else n, "")) for n in ("start", "target"))
    slug = str(sent.get("kpi", "")) if kind in {Kind.REACH, Kind.KEEP, Kind.LEVELS} else ""
    fact = KeyResultFacts(
        title=str(sent.get("title", ""))[:LONGEST].strip(),
        kind=Kind(kind) if kind in set(Kind) else Kind.REACH,
        reference="key_result",
        start=start if kind not in {Kind.KEEP, Kind.BASELINE} else None,
        target=target if kind not in {Kind.KEEP, Kind.BASELINE} else None,
        low=_number(sent.get("low", "")),
        high=_number(sent.get("high", "")),
        unit=str(sent.get("unit", "")),
        ambition=_ambition(sent),
    )
    return _reading(fact, slug, context)


def kpi_of(sent: Mapping[str, Any]) -> KpiFacts:
    """Return the KPI that is being typed."""
    rule = sent.get("rule", "")
    return KpiFacts(
        name=str(sent.get("name", ""))[:LONGEST].strip(),
        description=str(sent.get("description", ""))[:5000],
        unit=str(sent.get("unit", "")),
        has_target=rule != "none",
        has_dates=rule in {"ramp", "periods"},
        target_text=str(sent.get("as_given", ""))[:LONGEST],
        source="formula" if str(sent.get("formula", "")).strip() else "",
    )


def alike(title: str, kpis: Iterable[tuple[str, str]]) -> tuple[str, str] | None:
    """Return slug and name of the KPI that a key result probably means, None if none has the words.

    Args:
        kpis: (slug, name) of those that the writer sees.
    """
    words = _words(title)
    best: tuple[float, str, str] | None = None
    for slug, name in kpis:
        own = _words(name)
        shared = len(own & words) / len(own) if own else 0.0
        if shared > 0.5 and (best is None or shared > best[0]):  # noqa: PLR2004 - most of its words
            best = (shared, slug, name)
    return best[1:] if best else None


def with_buttons(remark: Remark, sent: Mapping[str, Any], *, kpis: Sequence[tuple[str, str]], kind: str) -> Hint | None:
    """Return the remark with what can be pressed; None where the form has nothing to offer for it."""
    is_row = remark.about.reference.startswith("kr-")
    prefix = f"{remark.about.reference}-" if is_row else ""
    offered: list[Button] = []
    if remark.key in {"no-source", "no-number", "vague"} and remark.about.kind == "key_result":
        taken = sent.get(f"{prefix}kpi", "")
        found = None if taken else alike(remark.about.title, kpis)
        if found:
            offered.append(Button(f"Read the KPI “{found[1]}”", f"{prefix}kpi", found[0]))
        elif remark.key == "no-source":
            return None  # there is nothing it could read, so the hint would only be in the way
    if is_row and remark.key == "activity":
        offered.append(Button("Make it an initiative", f"{prefix}kind", "initiative"))
    if kind == "key_result":
        if remark.key == "start-is-target":
            offered.append(Button("Keep the level instead", "kind", "keep"))
        if remark.key in {"no-number", "no-target"} and sent.get("kind") != "baseline":
            offered.append(Button("Measure a baseline first", "kind", "baseline"))
        if remark.key == "activity" and sent.get("kind") == "reach":
            offered.append(Button("Count its tasks", "kind", "tasks"))
    if remark.key == "no-period" and (each := EACH.get(str(sent.get("frequency", "")))):
        text = f"{str(sent.get('as_given', '')).strip()} {each}"
        offered.append(Button(f"Say “{text}”", "as_given", text))
    return Hint(remark, tuple(offered[:2]))


def _reading(fact: KeyResultFacts, slug: str, context: DraftContext) -> KeyResultFacts:
    """Return the key result with what is known of the KPI that it reads."""
    name, unit, up, down = context.moves.get(slug, ("", "", None, None))
    if not name:
        return fact
    rises = fact.start is not None and fact.target is not None and fact.target >= fact.start
    return replace(fact, source=name, unit=unit, best_move=up if rises else down)


def _ambition(sent: Mapping[str, Any]) -> Ambition:
    text = sent.get("ambition", "")
    return Ambition(text) if text in set(Ambition) else Ambition.COMMITTED


def _number(text: object) -> float | None:
    try:
        return parse_number(str(text)) if str(text).strip() else None
    except NotANumber:
        return None


def _words(text: str) -> set[str]:
    return {word.strip(".,:()").lower() for word in text.split() if len(word) >= _SHORTEST}
