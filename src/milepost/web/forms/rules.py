"""How status is told: the form of the rule set."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from django import forms

from milepost.exchange.country_days import list_countries
from milepost.okr.actions import RulesDraft, usual_rules
from milepost.web.format import number
from milepost.web.forms.fields import NumberField
from milepost.web.forms.versions import VersionedForm
from milepost.web.words import OBJECTIVE_RULES, RULE_KINDS, WEEKDAYS

EVERY_DAY = "every"
WEEKS = ("01234", "012345", "60123")
NUMBERS = ("ahead", "on_track", "at_risk", "early_until")
NUMBERS_OF_A_KIND = NUMBERS[:3]


class RulesForm(VersionedForm):
    """Shares are written as points or percent; other thresholds than those of the kind are kept only on purpose."""

    kind = forms.ChoiceField(label="Compare progress with the plan", choices=list(RULE_KINDS.items()))
    ahead = NumberField(label="Ahead from", required=False, help_text="Empty: no goal is called ahead")
    on_track = NumberField(label="On track from")
    at_risk = NumberField(label="At risk from", help_text="Below it a goal is off track")
    early_until = NumberField(label="Early until", help_text="Percent of the time; 0: never early")
    objective = forms.ChoiceField(label="An objective's word is", choices=list(OBJECTIVE_RULES.items()))
    week = forms.ChoiceField(label="Days that count")
    country = forms.ChoiceField(label="Holidays of", required=False)
    holidays = forms.CharField(
        label="Holidays",
        required=False,
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text="One day a line, such as 2026-12-25",
    )
    reason = forms.CharField(label="Why", max_length=500, help_text="Kept with the old rules and the new ones")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = str(self.initial.get("week", EVERY_DAY))
        weeks = [*WEEKS, own] if own not in WEEKS and own.isdigit() and set(own) <= set("0123456") else WEEKS
        week: Any = self.fields["week"]
        week.choices = [(EVERY_DAY, "Every day"), *((days, week_words(map(int, days))) for days in weeks)]
        country: Any = self.fields["country"]
        country.choices = [("", "Choose a country"), *list_countries()]

    def clean_holidays(self) -> tuple[date, ...]:
        return read_dates(self.cleaned_data["holidays"])

    def clean(self) -> dict[str, Any]:
        """Say it in the numbers that were written where one threshold does not lie below the other."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        there = [(name, given[name]) for name in NUMBERS_OF_A_KIND if given.get(name) is not None]
        for (above, high), (below, low) in pairwise(there):
            if low >= high:
                labels = self.fields[above].label, str(self.fields[below].label).lower()
                says = f"{labels[0]} {number(high)}, {labels[1]} {number(low)}: each must begin below the one before."
                self.add_error(below, says)
        return given

    def draft(self) -> RulesDraft:
        """Return what was written; another kind brings its own thresholds where none were changed by hand."""
        given = self.cleaned_data
        numbers: dict[str, Any] = {name: None if given[name] is None else given[name] / 100 for name in NUMBERS}
        was = {name: self.get_initial_for_field(self.fields[name], name) for name in NUMBERS_OF_A_KIND}
        if given["kind"] != self.initial.get("kind") and all(_same(given[n], was[n]) for n in NUMBERS_OF_A_KIND):
            usual = usual_rules(given["kind"])
            numbers |= {name: getattr(usual, name) for name in NUMBERS_OF_A_KIND}
        days = None if given["week"] == EVERY_DAY else tuple(map(int, given["week"]))
        return RulesDraft(
            kind=given["kind"],
            objective=given["objective"],
            working_days=days,
            holidays=() if days is None else given["holidays"],
            **numbers,
        )


def numbers_of(rules: Mapping[str, Any]) -> dict[str, float | None]:
    """Return the shares of a rule set as the form shows them: points, or percent."""
    return {name: None if rules[name] is None else round(100 * rules[name], 9) for name in NUMBERS}


def initial_of(shown: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the form shows of the rules in force."""
    days = shown["working_days"]
    return {
        **numbers_of(shown),
        "kind": shown["kind"],
        "objective": shown["objective"],
        "week": EVERY_DAY if days is None else _week(days),
        "holidays": "\n".join(day.isoformat() for day in shown["holidays"]),
        "version": shown["version"],
    }


def read_dates(text: str) -> tuple[date, ...]:
    """Return the days of a list, one a line, the oldest first.

    Raises:
        ValidationError: with the line that is no day.
    """
    found = set()
    for at, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found.add(date.fromisoformat(line.strip()))
        except ValueError:
            says = f"Line {at}, “{line.strip()[:20]}”, is no day. Write one such as 2026-12-25."
            raise forms.ValidationError(says) from None
    return tuple(sorted(found))


def week_words(days: Iterable[int]) -> str:
    """Return Monday to Friday, or the days by name where they do not follow each other."""
    listed = list(days)
    if len(listed) > 2 and all((b - a) % 7 == 1 for a, b in pairwise(listed)):  # noqa: PLR2004 - a stretch
        return f"{WEEKDAYS[listed[0]]} to {WEEKDAYS[listed[-1]]}"
    return ", ".join(WEEKDAYS[day] for day in listed)


def _week(days: Collection[int]) -> str:
    """Return weekdays as one of the choices: a stretch that runs over Sunday begins where it begins."""
    return next((week for week in WEEKS if set(map(int, week)) == set(days)), "".join(map(str, sorted(days))))


def _same(given: float | None, was: Any) -> bool:
    return given == was if given is None or was is None else abs(given - float(was)) < 1e-9  # noqa: PLR2004 - noise
