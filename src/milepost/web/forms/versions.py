"""Two people at one form: the second one is shown both versions, and nothing is overwritten unseen."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django import forms
from django.http import HttpRequest

from milepost.web.forms.fields import Styled, attempt, optional_id
from milepost.workspace.errors import Stale

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Differs:
    """A field that stands there with another value than the one that was sent."""

    label: str
    there: str
    sent: str


class VersionedForm(Styled):
    """A form that carries the version of the thing it was opened with.

    `conflict` is filled where somebody saved another version meanwhile: what stands there now beside
    what was sent. The form then carries the new version, so that saving again is a decision.
    """

    version = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)

    conflict: tuple[Differs, ...] | None = None

    def seen(self) -> int | None:
        """Return the version the sender looked at, None where a form without one was sent."""
        return optional_id(self.cleaned_data.get("version", ""))


def attempt_on(form: VersionedForm, do: Callable[[int | None], T]) -> T | None:
    """Run an action on the version that was looked at, as `attempt`; a later one becomes the form's conflict."""
    seen = form.seen()
    try:
        return attempt(form, lambda: do(seen))
    except Stale as stale:
        form.conflict = tuple(_differences(form))
        sent: Any = form.data  # of a request: it keeps lists and is written by nobody
        fresh = sent.copy()
        fresh[form.add_prefix("version")] = str(stale.current)
        form.data = fresh
        return None


def status_of(request: HttpRequest, form: forms.Form) -> int:
    """Return the status of a form that is shown: 409 beside another version, 422 with what is wrong, else 200."""
    if getattr(form, "conflict", None) is not None:
        return 409
    return 422 if request.method == "POST" else 200


def _differences(form: forms.Form) -> Iterable[Differs]:
    for bound in form.visible_fields():
        there = _shown(bound.field, form.get_initial_for_field(bound.field, bound.name))
        read = form.cleaned_data.get(bound.name)
        is_plain = isinstance(bound.field, forms.ChoiceField) or read is None or not isinstance(read, list)
        sent = _shown(bound.field, read if is_plain else bound.data)  # steps are text until they are saved
        if there != sent and bound.name != "reason":
            yield Differs(str(bound.label), there, sent)


def _shown(field: forms.Field, value: Any) -> str:
    """Return a value as the form shows it: the words of a choice, a list with commas."""
    if isinstance(field, forms.ChoiceField):
        offered: Any = field.choices
        words = {str(key): str(label).strip() for key, label in offered}
        chosen = value if isinstance(value, list | tuple) else [value]
        return ", ".join(sorted(words.get(str(one), str(one)) for one in chosen if one not in {None, ""}))
    if isinstance(field, forms.BooleanField):
        return "yes" if value else "no"
    if value is None:
        return ""
    return f"{value:.12g}" if isinstance(value, float) else str(value)
