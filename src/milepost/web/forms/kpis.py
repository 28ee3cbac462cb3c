"""Forms of KPIs."""

from typing import Any

from django import forms

from milepost.core.target import Target, TargetRule
from milepost.metrics.actions import KpiDraft
from milepost.web.forms.fields import NumberField, Styled, optional_id
from milepost.web.forms.versions import VersionedForm
from milepost.web.words import AGGREGATIONS, AMBITIONS, DIRECTIONS, FREQUENCIES, VISIBILITIES

MOST_BYTES = 20 * 1024 * 1024


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
    low = NumberField(required=False, label="Target: at least", help_text="When higher is good, or for a range")
    high = NumberField(required=False, label="Target: at most", help_text="When lower is good, or for a range")
    tolerance = NumberField(required=False, label="Still close", help_text="A miss of up to this much")
    lead = forms.ChoiceField(label="Lead", help_text="The one person who answers for it")
    team = forms.ChoiceField(required=False, label="Owner")
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

    def __init__(self, *args: Any, choices: dict[str, list[tuple[str, str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lead"].choices = choices["lead"]  # type: ignore[attr-defined]
        self.fields["team"].choices = choices["team"]  # type: ignore[attr-defined]
        self.fields["contributors"].choices = choices["lead"]  # type: ignore[attr-defined]

    def draft(self) -> KpiDraft:
        data = self.cleaned_data
        rule = {"higher": TargetRule.AT_LEAST, "lower": TargetRule.AT_MOST, "within": TargetRule.WITHIN}[
            data["direction"]
        ]
        low, high = data["low"], data["high"]
        target = None
        if low is not None or high is not None:
            target = Target(rule=rule, low=low, high=high, tolerance=data["tolerance"] or 0.0)
        return KpiDraft(
            name=data["name"],
            description=data["description"],
            unit=data["unit"],
            direction=data["direction"],
            frequency=data["frequency"],
            aggregation=data["aggregation"],
            target=target,
            lead_id=optional_id(data["lead"]),
            owner_team_id=optional_id(data["team"]),
            group=data["group"],
            lag_days=data["lag_days"],
            visibility=data["visibility"] or "everybody",
            contributor_ids=[int(pk) for pk in data["contributors"]],
        )


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
    start = NumberField(label="Start")
    target = NumberField(label="Target")
    ambition = forms.ChoiceField(choices=list(AMBITIONS.items()), label="Kind")

    def __init__(self, *args: Any, choices: dict[str, list[tuple[str, str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("lead", "owner", "cycle", "parent"):
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
