"""One check-in as inputs of a form, and back."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from django.http import QueryDict

from milepost.core.numbers import NotANumber, parse_level, parse_number
from milepost.okr.actions import CheckInDraft
from milepost.okr.queries import KeyResultLine, PartLine, ServingLine, StepLine
from milepost.web.format import edited
from milepost.web.forms.fields import optional_id

OWN_WORDS = ("off_track", "at_risk", "on_track", "ahead")
DEFAULT_CONFIDENCE = 5


@dataclass(frozen=True, slots=True)
class Names:
    """The names of the inputs of one key result."""

    value: str
    confidence: str
    note: str
    own: str
    blockers: str
    steps: str
    key: str


@dataclass(frozen=True, slots=True)
class Item:
    """What stands in the inputs; `error` is the sentence below them."""

    k: KeyResultLine
    names: Names
    value: str
    confidence: int
    note: str = ""
    own: str = ""
    blockers: str = ""
    request_key: str = ""
    ticked: frozenset[int] | None = None  # steps, as sent; None: as they stand
    shares: Mapping[int, str] = field(default_factory=dict)  # of steps, as sent
    error: str = ""
    line: object = None
    parts: tuple[PartLine, ...] = ()
    served: tuple[ServingLine, ...] = ()
    can_check_in: bool = False
    is_open: bool = False


def item_of(k: KeyResultLine, *, line: object = None, can_check_in: bool = True, is_open: bool = True) -> Item:
    """Return the inputs of a key result, the last value and confidence filled in."""
    return Item(
        k=k,
        names=names_of(k.id),
        value=edited(k.value) if k.kind != "judged" else judged_text(k.computed),
        confidence=k.confidence or DEFAULT_CONFIDENCE,
        request_key=secrets.token_hex(16),
        line=line,
        can_check_in=can_check_in,
        is_open=is_open,
    )


def names_of(pk: int) -> Names:
    return Names(*(f"{name}-{pk}" for name in ("value", "confidence", "note", "own", "blockers", "steps", "key")))


def typed(item: Item, data: QueryDict) -> Item:
    """Return the item with what was sent, so that nothing typed is lost when it is shown again."""
    names = item.names
    sent = data.get(names.confidence, "")
    return replace(
        item,
        value=data.get(names.value, item.value)[:60],
        confidence=optional_id(sent[:3]) or item.confidence,
        note=data.get(names.note, ""),
        own=data.get(names.own, ""),
        blockers=data.get(names.blockers, ""),
        request_key=data.get(names.key, item.request_key)[:64],
        ticked=frozenset(s.id for s in item.k.steps if str(s.id) in data.getlist(names.steps)),
        shares={s.id: data.get(f"{names.steps}-{s.id}", "")[:20] for s in item.k.steps},
    )


def draft_of(item: Item, data: QueryDict, *, nothing_changed: bool = False) -> CheckInDraft:
    """Return the check-in that was sent.

    Raises:
        NotANumber: the value cannot be read.
    """
    k, names = item.k, item.names
    value, judged = None, None
    if k.is_typed and not nothing_changed:
        text = data.get(names.value, "")
        if not text.strip():
            raise NotANumber(f"Write the value of “{k.title}”, for example 43.")
        value = parse_level(text, last=k.value)
    if k.kind == "judged" and not nothing_changed:
        text = data.get(names.value, "").strip().removesuffix("%")
        if not text:
            raise NotANumber(f"Write how far “{k.title}” has come, 0 to 100 %.")
        judged = parse_number(text) / 100
    confidence = data.get(names.confidence, "")
    steps = {}
    if k.has_steps and not nothing_changed:
        ticked = set(data.getlist(names.steps))
        own = [s for s in k.steps if not s.is_cancelled and s.initiative_id is None]
        steps = {s.id: _done(s, ticked, data.get(f"{names.steps}-{s.id}")) for s in own}
    return CheckInDraft(
        key_result_id=k.id,
        confidence=optional_id(confidence[:3]),
        value=value,
        note=data.get(names.note, ""),
        blockers=data.get(names.blockers, ""),
        own_word=data.get(names.own, ""),
        nothing_changed=nothing_changed,
        steps=steps,
        judged=judged,
        request_key=data.get(names.key, "")[:64] or None,
    )


def judged_text(score: float | None) -> str:
    """Return a judged score 0..1 as it stands in an input: percent."""
    return "" if score is None else edited(round(100 * score, 6))


def _done(step: StepLine, ticked: set[str], share: str | None) -> float:
    """Return how much of a step is done: all if ticked, else the percent beside it; without that what stood there."""
    if str(step.id) in ticked:
        return 1.0
    if share is not None:
        text = share.strip().removesuffix("%")
        return parse_number(text) / 100 if text else 0.0
    return 0.0 if step.done >= 1 else step.done
