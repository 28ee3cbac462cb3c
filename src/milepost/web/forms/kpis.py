"""Forms of KPIs."""

from typing import Any

from django import forms

from milepost.core.calendar import Frequency
from milepost.core.ramp import Ramp
from milepost.core.target import BadTarget, Target, TargetRule
from milepost.core.target_text import goals_text, periods_text, read_goals, read_periods
from milepost.core.targets import PerPeriod, TargetPlan
from milepost.metrics.actions import KpiDraft
from milepost.web.forms.fields import NumberField, Styled, TagsField, optional_id
from milepost.web.forms.versions import VersionedForm
from milepost.web.words import AGGREGATIONS, AMBITIONS, DIRECTIONS, FREQUENCIES, VISIBILITIES

MOST_BYTES = 20 * 1024 * 1024
TARGET_RULES = (
    ("fixed", "the same for every period"),
    ("ramp", "a rising or falling line"),
    ("periods", "one for each period"),
    ("none", "none: it is only watched"),
)
RULE_OF = {"higher": TargetRule.AT_LEAST, "lower": TargetRule.AT_MOST, "within": TargetRule.WITHIN}
MOST_TEXT = 20_000
FORMULA_HELP = (
    "Empty: its values are typed, imported or sent. Or calculated from other KPIs: "
    "100 × won ÷ (won + [lost deals]); also sum, avg, min, max, abs, if_missing"
)


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class KpiForm(VersionedForm):
    """What a person writes of a KPI."""

    name = forms.CharField(max_length=200, label="Name")
    description = forms.CharField(
        max_length=5000,
        required=False,
        label="What exactly is measured?",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    unit = forms.CharField(max_length=20, required=False, label="Unit", help_text="%, €, min, tickets …")
    frequency = forms.ChoiceField(choices=list(FREQUENCIES.items()), label="Rhythm", initial="week")
    direction = forms.ChoiceField(choices=list(DIRECTIONS.items()), label="Good is")
    aggregation = forms.ChoiceField(
        choices=list(AGGREGATIONS.items()), label="Several periods together", initial="stock"
    )
    formula = forms.CharField(
        required=False,
        max_length=MOST_TEXT,
        label="Formula",
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "autocomplete": "off"}),
        help_text=FORMULA_HELP,
    )
    rule = forms.ChoiceField(choices=TARGET_RULES, required=False, label="Target")
    low = NumberField(required=False, label="At least", help_text="When higher is good, or for a range")
    high = NumberField(required=False, label="At most", help_text="When lower is good, or for a range")
    start = NumberField(required=False, label="From")
    start_on = forms.DateField(required=False, label="on the day", widget=_day())
    goals = forms.CharField(
        required=False,
        max_length=MOST_TEXT,
        label="To",
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text="A day and a value a line, such as 2026-12-31 30; after the last day its value stays",
    )
    periods = forms.CharField(
        required=False,
        max_length=MOST_TEXT,
        label="Each period's",
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text="2026-Q4 1200 one a line, a range as 2026-Q4 10 to 20; a period without one takes the one before",
    )
    tolerance = NumberField(required=False, label="Still close", help_text="A miss of up to this much")
    as_given = forms.CharField(
        required=False, max_length=200, label="In the words it was given", help_text="Such as: Below 60 days"
    )
    target_since = forms.DateField(
        required=False, label="In force from", widget=_day(), help_text="Empty: from today; earlier periods keep theirs"
    )
    lead = forms.ChoiceField(label="Lead", help_text="The one person who answers for it")
    team = forms.ChoiceField(required=False, label="Owner")
    pillar = forms.ChoiceField(required=False, label="Pillar")
    tags = TagsField()
    group = forms.CharField(max_length=80, required=False, label="Heading on the board")
    visibility = forms.ChoiceField(choices=list(VISIBILITIES.items()), required=False, label="Seen by")
    contributors = forms.MultipleChoiceField(
        required=False,
        label="Contributors",
        help_text="May write its values, not change it",
        widget=forms.SelectMultiple(attrs={"size": 4}),
    )
    lag_days = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=366,
        label="Days until a value is due",
        help_text="Empty: 1 for days, 3 for weeks, 10 for longer",
    )

    def __init__(
        self,
        *args: Any,
        choices: dict[str, list[tuple[str, str]]],
        fiscal_month: int,
        try_at: str,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fiscal_month = fiscal_month
        self.fields["formula"].widget.attrs |= {
            "hx-post": try_at, "hx-trigger": "input changed delay:400ms", "hx-target": "#id_formula_helptext",
            "hx-swap": "innerHTML", "hx-include": "closest form", "hx-sync": "this:replace",
        }  # fmt: skip
        self.fields["lead"].choices = choices["lead"]  # type: ignore[attr-defined]
        self.fields["team"].choices = choices["team"]  # type: ignore[attr-defined]
        self.fields["pillar"].choices = choices["pillar"]  # type: ignore[attr-defined]
        self.fields["contributors"].choices = choices["lead"]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Read the target of the chosen rule; the fields of the others are passed over."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        given["target"] = None
        if not {"direction", "frequency", "tolerance"} <= given.keys():
            return given
        tolerance, words, rule = given["tolerance"] or 0.0, given.get("as_given", ""), given.get("rule") or "fixed"
        try:
            if rule == "ramp":
                given["target"] = self._ramp(given, tolerance, words)
            elif rule == "periods":
                found = read_periods(
                    given.get("periods", ""),
                    rule=RULE_OF[given["direction"]],
                    frequency=Frequency(given["frequency"]),
                    tolerance=tolerance,
                    fiscal_month=self.fiscal_month,
                    as_given=words,
                )
                given["target"] = PerPeriod(found)
        except BadTarget as error:
            self.add_error("goals" if rule == "ramp" else "periods", str(error))
        low, high = given.get("low"), given.get("high")
        if rule == "fixed" and (low is not None or high is not None):
            given["target"] = Target(RULE_OF[given["direction"]], low, high, tolerance, words)
        return given

    def _ramp(self, given: dict[str, Any], tolerance: float, words: str) -> Ramp | None:
        for name in ("start", "start_on"):
            if given.get(name) is None and name not in self.errors:
                self.add_error(name, "A line begins somewhere. Write the value and the day.")
        if given.get("start") is None or given.get("start_on") is None:
            return None
        return Ramp(given["start"], given["start_on"], read_goals(given.get("goals", "")), tolerance, words)

    def draft(self) -> KpiDraft:
        data = self.cleaned_data
        return KpiDraft(
            name=data["name"],
            description=data["description"],
            unit=data["unit"],
            direction=data["direction"],
            frequency=data["frequency"],
            aggregation=data["aggregation"],
            target=data["target"],
            target_since=data["target_since"],
            lead_id=optional_id(data["lead"]),
            owner_team_id=optional_id(data["team"]),
            group=data["group"],
            lag_days=data["lag_days"],
            visibility=data["visibility"] or "everybody",
            contributor_ids=[int(pk) for pk in data["contributors"]],
            formula=data["formula"],
            pillar_id=optional_id(data["pillar"]),
            tags=data["tags"],
        )


def target_fields(plan: TargetPlan | None) -> dict[str, Any]:
    """Return what the form shows of a plan."""
    if isinstance(plan, Ramp):
        shown = {"rule": "ramp", "start": plan.start, "start_on": plan.since, "goals": goals_text(plan.goals)}
        return {**shown, "tolerance": plan.tolerance or None, "as_given": plan.as_given}
    if isinstance(plan, PerPeriod):
        one = next(iter(plan.targets.values()))
        shown = {"rule": "periods", "periods": periods_text(plan.targets)}
        return {**shown, "tolerance": one.tolerance or None, "as_given": one.as_given}
    if plan is None:
        return {"rule": "none"}
    shown = {"rule": "fixed", "low": plan.low, "high": plan.high}
    return {**shown, "tolerance": plan.tolerance or None, "as_given": plan.as_given}


class ValueForm(Styled):
    """One value by hand; a ratio may come as its two counts."""

    period = forms.CharField(max_length=20, label="Period")
    value = forms.CharField(
        max_length=60,
        required=False,
        label="Value",
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    numerator = NumberField(required=False, label="Or: so many")
    denominator = NumberField(required=False, label="of so many")
    note = forms.CharField(max_length=500, required=False, label="Note")

    def __init__(self, *args: Any, is_ratio: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_ratio:
            del self.fields["numerator"], self.fields["denominator"]


class NoteForm(Styled):
    """A note on a period."""

    period = forms.CharField(max_length=20, label="Period")
    text = forms.CharField(max_length=500, label="Note")


class StartObjectiveForm(Styled):
    """The objective a KPI is turned into; every field comes filled in (rule K8)."""

    title = forms.CharField(max_length=200, label="Objective")
    why = forms.CharField(
        max_length=5000,
        required=False,
        label="Why now",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What changed, since when, by how much",
    )
    lead = forms.ChoiceField(label="Lead")
    owner = forms.ChoiceField(required=False, label="Owner")
    cycle = forms.ChoiceField(label="Cycle")
    parent = forms.ChoiceField(required=False, label="Contributes to")
    pillar = forms.ChoiceField(required=False, label="Pillar")
    start = NumberField(label="Start")
    target = NumberField(label="Target")
    ambition = forms.ChoiceField(choices=list(AMBITIONS.items()), label="Kind")

    def __init__(self, *args: Any, choices: dict[str, list[tuple[str, str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("lead", "owner", "cycle", "parent", "pillar"):
            self.fields[name].choices = choices[name]  # type: ignore[attr-defined]


class ImportForm(Styled):
    """A CSV file and which of its columns mean what."""

    file = forms.FileField(required=False, label="CSV file", help_text="At most 20 MB, with a header line")
    date = forms.CharField(max_length=200, label="Column of the date")
    value = forms.CharField(max_length=200, required=False, label="Column of the value")
    numerator = forms.CharField(max_length=200, required=False, label="Or column of the part")
    denominator = forms.CharField(max_length=200, required=False, label="and of the whole")
    where = forms.CharField(
        max_length=2000,
        required=False,
        label="Only rows where",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="One COLUMN=VALUE a line; nothing after the = means an empty cell",
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file is not None and file.size > MOST_BYTES:
            raise forms.ValidationError(f"This file has {file.size / 1e6:.0f} MB. Send at most 20 MB.")
        return file
