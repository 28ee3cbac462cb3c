"""Forms around people, teams and settings."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password

from milepost.web.account import PASSWORD_RULES
from milepost.web.forms.fields import Styled
from milepost.web.forms.versions import VersionedForm
from milepost.web.words import WEEKDAYS

MONTHS = [
    (i, name)
    for i, name in enumerate(
        (
            "January",
            "February",
            "March",
            "April",
            "May",
            "June",
            "July",
            "August",
            "September",
            "October",
            "November",
            "December",
        ),
        start=1,
    )
]

RHYTHM_WEEKS = [(1, "every week"), (2, "every 2 weeks"), (3, "every 3 weeks"), (0, "every month")]
HOURS = [(hour, f"{hour}:00") for hour in range(24)]


class PasswordMixin(forms.Form):
    """A new password, checked by the installation's rules, against the person's name and address too."""

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if "password" in given:
            person = get_user_model()(email=given.get("email", ""), name=given.get("name", ""))
            try:
                validate_password(given["password"], user=person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return given


class FirstStartForm(PasswordMixin, Styled):
    """The first admin and their workspace."""

    workspace_name = forms.CharField(max_length=120, label="Name of your organisation")
    time_zone = forms.CharField(max_length=64, label="Time zone", initial="UTC", help_text="Such as Europe/Madrid")
    name = forms.CharField(max_length=120, label="Your name")
    email = forms.EmailField(max_length=254, label="Your e-mail address")
    password = forms.CharField(
        max_length=256,
        label="Password",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=PASSWORD_RULES,
    )


class JoinForm(PasswordMixin, Styled):
    """A new person who follows an invitation."""

    name = forms.CharField(max_length=120, label="Your name")
    email = forms.EmailField(max_length=254, label="Your e-mail address")
    password = forms.CharField(
        max_length=256,
        label="Password",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=PASSWORD_RULES,
    )


class WorkspaceForm(Styled):
    """A further workspace."""

    name = forms.CharField(max_length=120, label="Name")
    time_zone = forms.CharField(max_length=64, label="Time zone", initial="UTC")


class SettingsForm(VersionedForm):
    """What gives numbers and days their meaning."""

    name = forms.CharField(max_length=120, label="Name")
    time_zone = forms.CharField(max_length=64, label="Time zone", help_text="Such as Europe/Madrid")
    fiscal_month = forms.TypedChoiceField(choices=MONTHS, coerce=int, label="The year begins in")
    rhythm_weeks = forms.TypedChoiceField(choices=RHYTHM_WEEKS, coerce=int, label="Check-ins are due")
    rhythm_weekday = forms.TypedChoiceField(choices=list(enumerate(WEEKDAYS)), coerce=int, label="on")
    rhythm_hour = forms.TypedChoiceField(choices=HOURS, coerce=int, label="Asked for by mail from")
    rhythm_skip_days = forms.IntegerField(
        min_value=0,
        max_value=30,
        label="Not of who updated in the last days",
        help_text="0 asks everybody",
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    rhythm_is_locked = forms.BooleanField(
        required=False,
        label="No team has a rhythm of its own",
        widget=forms.CheckboxInput(attrs={"aria-describedby": "id_rhythm_is_locked_helptext"}),
    )
    reviewers = forms.TypedChoiceField(
        choices=[(0, "nobody, it runs at once"), (1, "one reviewer"), (2, "two reviewers")],
        coerce=int,
        label="A new objective is reviewed by",
    )
    demands_second_step = forms.BooleanField(
        required=False,
        label="Everybody needs a second step",
        widget=forms.CheckboxInput(attrs={"aria-describedby": "id_demands_second_step_helptext"}),
    )


class CycleForm(VersionedForm):
    """A cycle."""

    name = forms.CharField(max_length=60, label="Name")
    first_day = forms.DateField(label="First day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last_day = forms.DateField(label="Last day", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    coach_id = forms.TypedChoiceField(
        required=False, label="Coach", coerce=int, empty_value=None, help_text="Helps with its review, closes the rest"
    )

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["coach_id"].choices = [("", "nobody"), *people]  # type: ignore[attr-defined]


class InviteForm(Styled):
    """An invitation."""

    label = forms.CharField(max_length=254, label="Who is it for?", help_text="A name or an address, for your list")
    role = forms.ChoiceField(choices=[("member", "Member"), ("viewer", "Viewer"), ("admin", "Admin")], label="Role")
    team = forms.ChoiceField(required=False, label="Team")

    def __init__(self, *args: Any, teams: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].choices = [("", "none"), *teams]  # type: ignore[attr-defined]


class TeamForm(VersionedForm):
    """A team."""

    name = forms.CharField(max_length=120, label="Name")
    parent = forms.ChoiceField(required=False, label="Below")
    ends_on = forms.DateField(
        required=False,
        label="Ends on",
        help_text="Of a project: after this day it takes no new goals. Empty: it goes on",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, *args: Any, teams: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = [("", "no team"), *teams]  # type: ignore[attr-defined]


class AwayForm(Styled):
    """When somebody is away."""

    first_day = forms.DateField(label="From", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last_day = forms.DateField(label="Until", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    stand_in = forms.ChoiceField(required=False, label="Stands in", help_text="Is asked for the check-ins meanwhile")
    note = forms.CharField(max_length=200, required=False, label="Note", help_text="Everybody here reads it")

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stand_in"].choices = [("", "nobody"), *people]  # type: ignore[attr-defined]
