"""Forms of the work under goals."""

from typing import Any

from django import forms

from milepost.okr.actions import InitiativeDraft, ItemDraft
from milepost.okr.queries import ItemLine
from milepost.web.forms.fields import optional_id
from milepost.web.forms.versions import VersionedForm


class InitiativeForm(VersionedForm):
    """What a person writes of an initiative; the checklist is a text, one line each."""

    title = forms.CharField(max_length=200, label="Initiative", help_text="What will be done? Work, not a result.")
    lead = forms.ChoiceField(required=False, label="Lead")
    due_on = forms.DateField(required=False, label="Due", widget=forms.DateInput(attrs={"type": "date"}))
    key_result = forms.ChoiceField(required=False, label="Is meant to move")
    counts = forms.ChoiceField(
        required=False,
        choices=[("", "no, it is work towards it"), ("1", "yes, it is one of its tasks")],
        label="Counts",
        help_text="Only a key result made of tasks is moved by work that is done",
    )
    items = forms.CharField(
        required=False, label="Checklist", widget=forms.Textarea(attrs={"rows": 5}), help_text="One line each"
    )
    link = forms.CharField(
        required=False, max_length=500, label="Kept at", help_text="The issue or sprint goal, https://…"
    )
    note = forms.CharField(
        required=False,
        max_length=5000,
        label="Note",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Markdown is read",
    )
    reason = forms.CharField(
        max_length=500,
        required=False,
        label="Reason for the change",
        help_text="Only where it counts for a key result that runs",
    )

    def __init__(
        self, *args: Any, choices: dict[str, list[tuple[str, str]]], there: tuple[ItemLine, ...] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, options in choices.items():
            self.fields[name].choices = options  # type: ignore[attr-defined]
        self.there = {item.title: item for item in there}

    def clean_items(self) -> list[ItemDraft]:
        """Read one line as one item; a line that stood there keeps whether it is done."""
        lines = [line.strip() for line in self.cleaned_data["items"].splitlines() if line.strip()]
        drafts, left = [], dict(self.there)
        for line in lines:
            old = left.pop(line, None)
            drafts.append(ItemDraft(line, is_done=old.is_done, id=old.id) if old else ItemDraft(line))
        return drafts

    def draft(self) -> InitiativeDraft:
        data = self.cleaned_data
        return InitiativeDraft(
            title=data["title"],
            key_result_id=optional_id(data["key_result"]),
            lead_id=optional_id(data["lead"]),
            due_on=data["due_on"],
            note=data["note"],
            link=data["link"],
            counts=data["counts"] == "1",
            items=data["items"],
        )
