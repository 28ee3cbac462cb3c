"""The form of a new token."""

from typing import Any

from django import forms

from milepost.web.forms.fields import Styled
from milepost.workspace.actions.tokens import OF_ROLE
from milepost.workspace.permissions import Role, Scope

LIVES = [("30", "30 days"), ("90", "90 days"), ("365", "a year"), ("", "for ever")]
DEFAULT = (Scope.READ, Scope.CHECK_IN, Scope.KPI)


class TokenForm(Styled):
    """A name, what it may do, how long it lives, whom it stands for."""

    name = forms.CharField(max_length=120, label="Name", help_text="What uses it, such as nightly export")
    days = forms.ChoiceField(choices=LIVES, required=False, initial="90", label="Works for")
    holder = forms.ChoiceField(choices=[], required=False, label="Stands for")
    scopes = forms.MultipleChoiceField(choices=[], label="May", widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, role: Role, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        able = [scope for scope in Scope if scope in OF_ROLE[role]]
        self.fields["scopes"].choices = [(s.value, f"{s.value}: {s.label[0].lower()}{s.label[1:]}") for s in able]  # type: ignore[attr-defined]
        self.fields["scopes"].initial = [s.value for s in DEFAULT if s in able]
        holders = [("me", "me")] + ([("workspace", "the workspace")] if role == Role.ADMIN else [])
        self.fields["holder"].choices = holders  # type: ignore[attr-defined]

    def draft(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "name": data["name"],
            "scopes": data["scopes"],
            "days": int(data["days"]) if data["days"] else None,
            "for_workspace": data["holder"] == "workspace",
        }
