"""Forms of the strategy and its pillars."""

from typing import Any

from django import forms

from milepost.web.forms.versions import VersionedForm
from milepost.web.words import PERSPECTIVES


def _text(label: str, help_text: str) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 4})
    return forms.CharField(max_length=5000, required=False, label=label, widget=area, help_text=help_text)


class StrategyForm(VersionedForm):
    """What the organisation is for."""

    mission = _text("Mission", "What is it for? Markdown is read")
    vision = _text("Vision", "What will be true in some years, if it goes well?")
    values = _text("Values", "What holds on the way there")


class PillarForm(VersionedForm):
    """A pillar."""

    name = forms.CharField(max_length=120, label="Name")
    description = forms.CharField(max_length=200, required=False, label="In one line")
    perspective = forms.ChoiceField(
        choices=[("", "none"), *PERSPECTIVES.items()],
        required=False,
        label="Perspective",
        help_text="The side of a balanced scorecard it belongs to, where you keep one",
    )

    def given(self) -> dict[str, Any]:
        """Return what was written, as the actions take it."""
        return {name: self.cleaned_data[name] for name in ("name", "description", "perspective")}
