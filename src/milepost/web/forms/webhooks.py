"""The form of a webhook."""

from django import forms

from milepost.web.forms.fields import Styled
from milepost.workspace.permissions import WebhookEvent


class WebhookForm(Styled):
    """Where to, and about what."""

    url = forms.CharField(max_length=500, label="Address", help_text="Such as https://example.org/hooks/milepost")
    events = forms.MultipleChoiceField(
        choices=[(event.value, event.value) for event in WebhookEvent],
        label="Tell it of",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one event."},
    )
