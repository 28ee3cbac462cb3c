"""Forms of objectives and key results."""

import re
from typing import Any

from django import forms

from milepost.core.numbers import NotANumber, parse_number
from milepost.okr.actions import InitiativeDraft, KeyResultDraft, ObjectiveDraft, StepDraft
from milepost.web.forms.fields import NumberField, Styled, TagsField, optional_id
from milepost.web.forms.versions import VersionedForm
from milepost.web.words import AMBITIONS, VISIBILITIES

COMPANY = ""
# What an example may bring, else a value to reach; `initiative`: the row is work under the objective, no key result.
ROW_KINDS = ("reach", "milestone", "percent", "judged", "baseline", "initiative")
# "First reply time 48 -> 30 min": name, start, target, unit
_PHRASE = re.compile(
    r"^(?P<title>.+?)[\s:,]+(?P<start>[-+−]?[\d.,\u202f]+)\s*(?:->|→|–>|to)\s*(?P<target>[-+−]?[\d.,\u202f]+)\s*(?P<unit>\S.{0,19})?$"
)


class ObjectiveForm(VersionedForm):
    """What a person writes of an objective."""

    title = forms.CharField(max_length=200, label="Objective", help_text="What should be true? No number here.")
    why = forms.CharField(
        max_length=5000,
        required=False,
        label="Why",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One paragraph: what is it good for, and why now? Markdown is read",
    )
    owner = forms.ChoiceField(required=False, label="Owner", help_text="Company, team or person it belongs to")
    lead = forms.ChoiceField(label="Lead", help_text="The one person who answers for it")
    cycle = forms.ChoiceField(label="Cycle")
    parent = forms.ChoiceField(required=False, label="Contributes to")
    ambition = forms.ChoiceField(choices=list(AMBITIONS.items()), label="Kind")
    counts = forms.ChoiceField(
        choices=[("key_results", "its key results"), ("objectives", "objectives below it"), ("both", "both")],
        label="Score is made of",
    )
    pillar = forms.ChoiceField(
        required=False, label="Pillar", help_text="None: that of the objective it contributes to, if any"
    )
    visibility = forms.ChoiceField(choices=list(VISIBILITIES.items()), required=False, label="Seen by")
    contributors = forms.MultipleChoiceField(
        required=False,
        label="Contributors",
        help_text="May check in, not change it",
        widget=forms.SelectMultiple(attrs={"size": 4}),
    )
    sharing_teams = forms.MultipleChoiceField(
        required=False,
        label="Shared with",
        help_text="Teams that check in, too, and see it where it is for its team",
        widget=forms.SelectMultiple(attrs={"size": 4}),
    )
    tags = TagsField()
    reason = forms.CharField(max_length=500, required=False, label="Reason for the change")

    def __init__(
        self, *args: Any, choices: dict[str, list[tuple[str, str]]], runs: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, options in choices.items():
            if name in self.fields:
                self.fields[name].choices = options  # type: ignore[attr-defined]
        if not runs:
            del self.fields["reason"]
        else:
            self.fields["reason"].help_text = "The plan is running, so each change is kept with its reason."

    def draft(self) -> ObjectiveDraft:
        data = self.cleaned_data
        kind, _, owner = data["owner"].partition("-")
        return ObjectiveDraft(
            title=data["title"],
            why=data["why"],
            cycle_id=int(data["cycle"]),
            lead_id=optional_id(data["lead"]),
            owner_team_id=optional_id(owner) if kind == "team" else None,
            owner_person_id=optional_id(owner) if kind == "person" else None,
            parent_id=optional_id(data["parent"]),
            ambition=data["ambition"],
            counts=data["counts"],
            visibility=data["visibility"] or "everybody",
            contributor_ids=[int(pk) for pk in data["contributors"]],
            pillar_id=optional_id(data["pillar"]),
            sharing_team_ids=[int(pk) for pk in data["sharing_teams"]],
            tags=data["tags"],
        )


class QuickKeyResultForm(Styled):
    """A key result of a new objective: a value to reach, by hand or from a KPI."""

    title = forms.CharField(max_length=250, required=False, label="Key result")
    start = NumberField(required=False, label="From")
    target = NumberField(required=False, label="To")
    unit = forms.CharField(max_length=20, required=False, label="Unit")
    kpi = forms.ChoiceField(required=False, label="Reads the KPI")
    lead = forms.ChoiceField(required=False, label="Lead")
    kind = forms.ChoiceField(choices=[(k, k) for k in ROW_KINDS], required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, choices: dict[str, list[tuple[str, str]]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kpi"].choices = choices["kpi"]  # type: ignore[attr-defined]
        self.fields["lead"].choices = [("", "as the objective"), *choices["lead"]]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        title = data.get("title", "")
        if title and data.get("start") is None and data.get("target") is None:
            read = read_phrase(title)
            if read is not None:
                data.update(read)
        if not title and any(data.get(k) not in (None, "") for k in ("start", "target", "unit", "kpi")):
            self.add_error("title", "Say in words what is measured.")
        if data.get("title") and not self.errors and self._kind() == "reach":
            for name in ("start", "target"):
                if data.get(name) is None:
                    self.add_error(
                        name,
                        "Write the value at the start." if name == "start" else "Write the value to reach.",
                    )
        return data

    def initiative(self) -> InitiativeDraft | None:
        """Return the row as work under the objective, None where it is not."""
        data = self.cleaned_data
        if not data.get("title") or self._kind() != "initiative":
            return None
        return InitiativeDraft(title=data["title"][:200], lead_id=optional_id(data["lead"]))

    def draft(self) -> KeyResultDraft | None:
        """Return the row as a key result, None where it is empty or work."""
        data = self.cleaned_data
        if not data.get("title") or self._kind() == "initiative":
            return None
        return KeyResultDraft(
            title=data["title"],
            kind=self._kind(),
            kpi=(data["kpi"] or None) if self._kind() == "reach" else None,
            unit=data.get("unit", ""),
            start=data["start"],
            target=data["target"],
            steps=[StepDraft(data["title"][:200])] if self._kind() == "milestone" else (),
            lead_id=optional_id(data["lead"]),
        )

    def _kind(self) -> str:
        """Return the kind that an example brought, unless somebody wrote a value to reach."""
        data = self.cleaned_data
        return "reach" if data.get("target") is not None else data.get("kind") or "reach"


def read_phrase(text: str) -> dict[str, Any] | None:
    """Return title, start, target and unit of "First reply time 48 -> 30 min"; None if it is not of that form."""
    match = _PHRASE.match(text.strip())
    if match is None:
        return None
    try:
        start, target = parse_number(match["start"]), parse_number(match["target"])
    except NotANumber:
        return None
    return {
        "title": match["title"].strip(),
        "start": start,
        "target": target,
        "unit": (match["unit"] or "").strip(),
    }
