"""The form of a key result: every kind in one, the fields of each together."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms

from milepost.core.numbers import NotANumber, parse_number
from milepost.okr.actions import CheckpointDraft, KeyResultDraft, PartDraft, StepDraft
from milepost.okr.queries import Offered
from milepost.web.forms.fields import NumberField, Styled, optional_id
from milepost.web.forms.versions import VersionedForm
from milepost.web.words import AMBITIONS, COMBINES, CURVES, KEY_RESULT_KINDS, PRIORITIES

WINDOWS = [
    ("default", "As the KPI counts"),
    ("last", "Last closed period"),
    ("last_4", "Last 4 closed periods"),
    ("cycle", "All of the cycle"),
]
# Fields that belong to one choice of another field, besides the kind.
SHOWN_WHEN = {
    "checkpoints": ("curve", "checkpoints"),
    "sum_start": ("combine", "sum"),
    "sum_target": ("combine", "sum"),
}
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
WEIGHT = re.compile(r"^(?P<title>.*\S)\s+[x×](?P<weight>\d+(?:[.,]\d+)?)$")


@dataclass(frozen=True, slots=True)
class Part:
    """Fields that belong together; with `kinds` to those alone, and then with a legend and one line of help."""

    css: str
    names: tuple[str, ...]
    kinds: str = ""
    legend: str = ""
    help: str = ""


PARTS = (
    Part("", ("title",)),
    Part("g4", ("kind", "lead", "ambition", "priority")),
    Part(
        "g2", ("start", "target"), "reach levels", "From and to",
        "From where it stands to where it should be, up or down: first reply time from 48 to 30.",
    ),
    Part(
        "g2", ("floor", "stretch"), "levels", "Floor and stretch",
        "The floor scores 30 %, the target 70 %, the stretch 100 %: floor 40, target 100, stretch 140. "
        "For aspirational ones.",
    ),
    Part(
        "g4", ("low", "high", "tolerance", "at_close"), "keep", "Level to keep",
        "Each closed period that meets it counts, the score is the mean: at most 30, tolerance 10.",
    ),
    Part(
        "g3", ("combine", "sum_start", "sum_target"), "children", "Made of other key results",
        "Its number follows theirs, and nobody types one here. A sum adds up values in one unit, a mean their scores.",
    ),
    Part(
        "", ("steps",), "milestone tasks", "Steps or tasks",
        "One a line. Steps may weigh more and have a due day: Contract signed x2, 2026-11-30. "
        "A task that falls away ends with “, cancelled”.",
    ),
    Part("", (), "percent", "Percent done", "At each check-in you type how much is done: 35 is 35 %."),
    Part("", (), "judged", "Judged", "At each check-in its lead sets 0 to 100 % and says why."),
    Part(
        "", (), "baseline", "Baseline first",
        "Values are measured, and nothing counts yet. When you know the baseline, change the kind to “Reach a "
        "value”: what was measured is filled in as the start.",
    ),
    Part("g3", ("unit",), "reach keep levels baseline", "Unit", "What the value is counted in: %, €, min, tickets."),
    Part(
        "g2", ("kpi", "window"), "reach keep levels", "Where values come from",
        "By hand, or from a KPI: then nobody types a value here.",
    ),
    Part(
        "g2", ("curve", "checkpoints"), "reach levels percent tasks judged children", "Plan",
        "How the way spreads over the cycle. Checkpoints are one a line, a day and the value by then: "
        "2026-11-15, 40. For tasks and judged ones a share: 2026-11-15, 50 %. "
        "A mean of others plans what they plan.",
    ),
    Part("g2", ("weight", "share")),
    Part("", ("reason",)),
)  # fmt: skip


class KeyResultForm(VersionedForm):
    """Everything of a key result."""

    title = forms.CharField(max_length=200, label="Key result", help_text="What is measured, in words")
    kind = forms.ChoiceField(choices=list(KEY_RESULT_KINDS.items()), label="Kind")
    lead = forms.ChoiceField(required=False, label="Lead", help_text="Who checks in")
    kpi = forms.ChoiceField(required=False, label="Reads the KPI")
    unit = forms.CharField(max_length=20, required=False, label="Unit")
    start = NumberField(required=False, label="From")
    target = NumberField(required=False, label="To")
    floor = NumberField(required=False, label="Floor", help_text="May be left out")
    stretch = NumberField(required=False, label="Stretch")
    low = NumberField(required=False, label="At least")
    high = NumberField(required=False, label="At most")
    tolerance = NumberField(required=False, label="Tolerance", help_text="The miss at which no credit is left")
    at_close = forms.ChoiceField(
        choices=[("", "the mean of all periods"), ("1", "the last period")], required=False, label="What counts",
        help_text="The last one alone: for a range",
    )  # fmt: skip
    combine = forms.ChoiceField(
        choices=list(COMBINES.items()), required=False, initial="mean", label="Put together as"
    )  # fmt: skip
    sum_start = NumberField(required=False, label="From", help_text="In the unit of what is added up")
    sum_target = NumberField(required=False, label="To")
    parts = forms.MultipleChoiceField(required=False, label="Key results")
    window = forms.ChoiceField(choices=WINDOWS, required=False, label="Periods of the KPI")
    steps = forms.CharField(
        required=False, label="One a line", widget=forms.Textarea(attrs={"rows": 4}), max_length=10000
    )
    curve = forms.ChoiceField(choices=list(CURVES.items()), required=False, label="Curve")
    checkpoints = forms.CharField(
        required=False, label="Checkpoints", widget=forms.Textarea(attrs={"rows": 3}), max_length=4000
    )
    weight = NumberField(required=False, label="Weight", help_text="1 unless it matters more or less")
    share = NumberField(required=False, label="Fixed share, %", help_text="Empty: by weight")
    ambition = forms.ChoiceField(choices=list(AMBITIONS.items()), label="Ambition")
    priority = forms.ChoiceField(choices=PRIORITIES, required=False, label="Priority")
    reason = forms.CharField(max_length=500, required=False, label="Reason for the change")

    def __init__(
        self,
        *args: Any,
        choices: dict[str, list[tuple[str, str]]],
        offered: Sequence[Offered] = (),
        runs: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offered = offered
        self.fields["parts"].choices = [(str(o.id), o.title) for o in offered]  # type: ignore[attr-defined]
        for name, when in SHOWN_WHEN.items():
            self.fields[name].shown_when = when  # type: ignore[attr-defined]
        self.fields["kpi"].choices = choices["kpi"]  # type: ignore[attr-defined]
        self.fields["lead"].choices = choices["lead"]  # type: ignore[attr-defined]
        if not runs:
            del self.fields["reason"]
        else:
            self.fields["reason"].help_text = "The plan is running, so each change is kept with its reason."

    def rows(self) -> list[dict[str, Any]]:
        """Return the fields in groups as the page shows them."""
        shown = []
        for part in PARTS:
            fields = [self[name] for name in part.names if name in self.fields]
            if fields or part.kinds:
                row = {"css": part.css, "fields": fields, "kinds": part.kinds, "legend": part.legend, "help": part.help}
                if "combine" in part.names:
                    row |= {"offered": self._offered_by_objective(), "errors": self["parts"].errors}
                shown.append(row)
        return shown

    def _offered_by_objective(self) -> list[tuple[str, list[dict[str, Any]]]]:
        """Return what it may be made of with what is ticked and its weight, below the titles of the objectives."""
        ticked = {str(one) for one in self["parts"].value() or ()}
        weights = self.initial.get("part_weights", {})
        groups: list[tuple[int, str, list[dict[str, Any]]]] = []
        for one in self.offered:
            if not groups or groups[-1][0] != one.objective_id:
                groups.append((one.objective_id, one.objective_title, []))
            name = f"weight-{one.id}"
            weight = self.data.get(name, "") if self.is_bound else f"{weights.get(one.id, 1.0):.12g}"
            ticks = {"one": one, "is_ticked": str(one.id) in ticked, "name": name, "weight": weight}
            groups[-1][2].append(ticks)
        return [(title, rows) for _, title, rows in groups]

    def clean(self) -> dict[str, Any]:
        """Read the weights, which stand beside the ticks and are no fields of their own."""
        data = super().clean() or self.cleaned_data
        is_weighted = data.get("combine") == "weighted_mean"
        titles = {str(o.id): o.title for o in self.offered}
        drafts = []
        for pk in data.get("parts", ()):
            text = self.data.get(f"weight-{pk}", "").strip() if is_weighted else ""
            try:
                drafts.append(PartDraft(int(pk), parse_number(text) if text else 1.0))
            except NotANumber as error:
                self.add_error("parts", f"The weight of “{titles[pk]}”: {error}")
        data["part_drafts"] = drafts
        return data

    def add_error(self, field: str | None, error: Any) -> None:
        """Put what is wrong with the numbers of a sum beside the fields that are shown for it."""
        if field in {"start", "target"} and self.cleaned_data.get("kind") == "children":
            field = f"sum_{field}"
        super().add_error(field, error)

    def clean_steps(self) -> list[StepDraft]:
        known = self.initial.get("step_ids", {})
        lines = enumerate(self.cleaned_data["steps"].splitlines(), start=1)
        return [_step(text.strip(), number, known) for number, text in lines if text.strip()]

    def clean_checkpoints(self) -> list[CheckpointDraft]:
        lines = enumerate(self.cleaned_data["checkpoints"].splitlines(), start=1)
        return [_checkpoint(text.strip(), number) for number, text in lines if text.strip()]

    def draft(self) -> KeyResultDraft:
        """Return what was written; the numbers of another kind are left out by the action."""
        data = self.cleaned_data
        kind = data["kind"]
        return KeyResultDraft(
            title=data["title"],
            kind=kind,
            kpi=(data["kpi"] or None) if kind in {"reach", "keep", "levels"} else None,
            unit=data["unit"],
            start=data["sum_start" if kind == "children" else "start"],
            target=data["sum_target" if kind == "children" else "target"],
            floor=data["floor"],
            stretch=data["stretch"],
            low=data["low"],
            high=data["high"],
            tolerance=data["tolerance"] or 0.0,
            at_close=data["at_close"] == "1",
            steps=data["steps"],
            combine=data["combine"] or "mean",
            parts=data["part_drafts"],
            curve=data["curve"] or "linear",
            checkpoints=data["checkpoints"],
            window=data["window"] or "default",
            weight=1.0 if data["weight"] is None else data["weight"],
            share=None if data["share"] is None else data["share"] / 100,
            priority=optional_id(data["priority"]),
            lead_id=optional_id(data["lead"]),
            ambition=data["ambition"],
        )


class OverrideForm(Styled):
    """A score in the place of the computed one."""

    score = NumberField(label="Score, %", help_text="0 to 100")
    why = forms.CharField(max_length=500, label="Why", help_text="It stands beside the score, with your name")
    kept = forms.ChoiceField(
        choices=[("", "until the next value"), ("1", "until it is taken back")], required=False, label="How long"
    )


def _step(text: str, number: int, known: dict[str, int]) -> StepDraft:
    due: date | None = None
    is_cancelled = False
    title, _, last = text.rpartition(",")
    while title and ((word := last.strip()) == "cancelled" or DAY.fullmatch(word)):
        if word == "cancelled":
            is_cancelled = True
        else:
            due = _day(word, f"Line {number}")
        text = title.strip()
        title, _, last = text.rpartition(",")
    weight = 1.0
    if text not in known and (match := WEIGHT.fullmatch(text)):
        text, weight = match["title"], parse_number(match["weight"])
    return StepDraft(title=text, weight=weight, due_on=due, is_cancelled=is_cancelled, id=known.get(text))


def _checkpoint(text: str, number: int) -> CheckpointDraft:
    day, _, value = text.partition(",")
    where = f"Line {number}"
    if not DAY.fullmatch(day.strip()) or not value.strip():
        raise forms.ValidationError(f"{where}: write a day and the value by then, such as 2026-11-15, 40.")
    is_percent = value.strip().endswith("%")
    try:
        planned = parse_number(value.strip().removesuffix("%"))
    except NotANumber as error:
        raise forms.ValidationError(f"{where}: {error}") from None
    return CheckpointDraft(_day(day.strip(), where), planned / 100 if is_percent else planned)


def _day(text: str, where: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise forms.ValidationError(f"{where}: {text} is no day of the calendar.") from None
