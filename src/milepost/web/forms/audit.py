"""What the audit trail is narrowed to."""

from django import forms

from milepost.web.forms.fields import Styled
from milepost.web.words import HANDS, KINDS, VERBS
from milepost.workspace.queries import Option

VERB_CHOICES = sorted(
    ((verb, words.removesuffix(" of").removesuffix(" on").removesuffix(" to")) for verb, words in VERBS.items()),
    key=lambda choice: choice[1],
)


class AuditForm(Styled):
    """Who, how, what was done, to what kind of thing, and when; everything may be left open."""

    person = forms.ChoiceField(required=False, label="Person")
    hand = forms.ChoiceField(choices=[("", "Any hand"), *HANDS.items()], required=False, label="By what hand")
    kind = forms.ChoiceField(choices=[("", "Everything"), *KINDS.items()], required=False, label="What it is about")
    verb = forms.ChoiceField(choices=[("", "Anything"), *VERB_CHOICES], required=False, label="What was done")
    first = forms.DateField(required=False, label="From", widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(required=False, label="Until", widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, data: object, *, people: tuple[Option, ...]) -> None:
        super().__init__(data)
        self.fields["person"].choices = [("", "Anybody"), *((str(one.id), one.name) for one in people)]  # type: ignore[attr-defined]
