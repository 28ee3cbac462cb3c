"""A view of the goals under a name."""

from django import forms

from milepost.web.forms.versions import VersionedForm


class ViewForm(VersionedForm):
    """Its name, who sees it, and whether one's own Goals page opens with it; the filter goes along unseen."""

    name = forms.CharField(max_length=60, label="Name", help_text="Such as: at risk in my team")
    seen_by = forms.ChoiceField(
        choices=[("", "me alone"), ("all", "everybody here")], required=False, label="Seen by",
        help_text="Others see in it only the goals that they may see anyway.",
    )  # fmt: skip
    opens = forms.ChoiceField(
        choices=[("", "the tree"), ("this", "this view")], required=False, label="My Goals page opens with"
    )
    query = forms.CharField(max_length=500, required=False, widget=forms.HiddenInput)
