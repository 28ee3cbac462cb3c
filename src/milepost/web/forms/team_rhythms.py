"""The form of a team's rhythm."""

from typing import Any

from django import forms

from milepost.web.forms.people import HOURS, RHYTHM_WEEKS
from milepost.web.forms.versions import VersionedForm
from milepost.web.words import WEEKDAYS
from milepost.workspace.actions import TeamRhythm


class TeamRhythmForm(VersionedForm):
    """Whether a team follows what is above it, its own rhythm if it does not, and the lock."""

    whose = forms.ChoiceField(
        choices=[("follow", "Follow what is above it"), ("own", "One of its own")],
        label="Rhythm",
    )
    weeks = forms.TypedChoiceField(choices=RHYTHM_WEEKS, coerce=int, label="Check-ins are due")
    weekday = forms.TypedChoiceField(choices=list(enumerate(WEEKDAYS)), coerce=int, label="on")
    hour = forms.TypedChoiceField(choices=HOURS, coerce=int, label="Asked for by mail from")
    skip_days = forms.IntegerField(
        min_value=0,
        max_value=30,
        label="Not of who updated in the last days",
        help_text="0 asks everybody",
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    is_locked = forms.BooleanField(required=False, label="Teams below it follow, whatever they set")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("weeks", "weekday", "hour", "skip_days"):
            self.fields[name].shown_when = ("whose", "own")  # type: ignore[attr-defined]

    def own(self) -> TeamRhythm | None:
        """Return the rhythm of the team's own, None where it follows."""
        given = self.cleaned_data
        if given["whose"] == "follow":
            return None
        return TeamRhythm(given["weeks"], given["weekday"], given["hour"], given["skip_days"])
