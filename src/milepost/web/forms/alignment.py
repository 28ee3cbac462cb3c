"""Forms around alignment, moving and cloning."""

from collections.abc import Sequence
from typing import Any

from django import forms

from milepost.okr.queries import ServedLine
from milepost.web.forms.fields import Styled

REASON = "The plan is running, so each change is kept with its reason."


class ParentForm(Styled):
    """One more objective above."""

    parent = forms.ChoiceField(label="Below")
    how = forms.ChoiceField(
        choices=[("contributes", "counts towards it"), ("supports", "supports it, moves no number")], label="It"
    )
    why = forms.CharField(
        max_length=500, required=False, label="A word for its lead", help_text="Another team's lead is asked first"
    )
    reason = forms.CharField(max_length=500, required=False, label="Reason for the change", help_text=REASON)

    def __init__(self, *args: Any, parents: list[tuple[str, str]], runs: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].choices = parents  # type: ignore[attr-defined]
        if not runs:
            del self.fields["reason"]


class ServedForm(Styled):
    """One more thing that an objective serves; the choice is `key_result-12` or `kpi-open-tickets`."""

    serves = forms.ChoiceField(label="It serves")
    reason = forms.CharField(max_length=500, required=False, label="Reason for the change", help_text=REASON)

    def __init__(self, *args: Any, offered: Sequence[ServedLine], runs: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        of: dict[str, list[tuple[str, str]]] = {}
        for line in offered:
            group = "KPIs" if line.kpi else f"Key results of {line.objective_title}"
            value = f"kpi-{line.kpi}" if line.kpi else f"key_result-{line.key_result_id}"
            of.setdefault(group, []).append((value, line.title))
        self.fields["serves"].choices = list(of.items())  # type: ignore[attr-defined]
        if not runs:
            del self.fields["reason"]


class TransferForm(Styled):
    """Where a key result goes."""

    objective = forms.ChoiceField(label="To the objective")
    reason = forms.CharField(max_length=500, required=False, label="Reason for the change", help_text=REASON)

    def __init__(self, *args: Any, objectives: list[tuple[str, str]], runs: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["objective"].choices = objectives  # type: ignore[attr-defined]
        if not runs:
            del self.fields["reason"]


class CloneForm(Styled):
    """What a copy is called and where it goes."""

    title = forms.CharField(max_length=200, label="Objective")
    cycle = forms.ChoiceField(label="Cycle")
    with_key_results = forms.BooleanField(required=False, label="With its key results")

    def __init__(self, *args: Any, cycles: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cycle"].choices = cycles  # type: ignore[attr-defined]
