"""Fields that read what people write, and the way from a refusal to its field."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms

from milepost.core.calendar import NotAPeriod
from milepost.core.numbers import NotANumber, parse_number
from milepost.core.pace import EmptyCycle
from milepost.core.progress import NoDistance
from milepost.core.rollup import SharesAboveOne
from milepost.core.target import BadTarget
from milepost.core.units import ScaleMixedUp
from milepost.exchange.readings_file import UnreadableFile
from milepost.workspace.errors import DomainError, NotAllowed, NotFound, Stale

T = TypeVar("T")
REFUSALS = (
    DomainError,
    UnreadableFile,
    NotANumber,
    NotAPeriod,
    BadTarget,
    NoDistance,
    SharesAboveOne,
    ScaleMixedUp,
    EmptyCycle,
)


class Styled(forms.Form):
    """A form whose inputs carry the house's class and say what is wrong with them to screen readers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field.widget, (forms.CheckboxInput, forms.RadioSelect)):
                field.widget.attrs.setdefault("class", "inp")


class NumberField(forms.CharField):
    """A number as people write it: 43, 43.5, 43,5 or 1 200; empty is None."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> float | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_number(text)
        except NotANumber as error:
            raise forms.ValidationError(str(error)) from None

    def prepare_value(self, value: Any) -> Any:
        return f"{value:.12g}" if isinstance(value, float) else value


class TagsField(forms.CharField):
    """Tags as people write them: words with commas between."""

    def __init__(self, **kwargs: Any) -> None:
        help_text = "Words to find it by, with commas between"
        super().__init__(required=False, max_length=500, label="Tags", help_text=help_text, **kwargs)

    def clean(self, value: Any) -> list[str]:
        return [word for word in super().clean(value).split(",") if word.strip()]


def optional_id(value: str) -> int | None:
    """Return the id a select sent, None for its empty choice or anything that is no id."""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 19 else None  # noqa: PLR2004 - of 64 bits


def attempt(form: forms.Form, do: Callable[[], T]) -> T | None:
    """Run an action; put its refusal beside the field it names and return None.

    What is not there or not allowed is no matter of the form and goes on to the error page; what somebody
    else changed meanwhile is for `versions.attempt_on`.
    """
    try:
        return do()
    except (NotFound, NotAllowed, Stale):
        raise
    except REFUSALS as error:
        field = getattr(error, "field", "")
        form.add_error(field if field in form.fields else None, str(error))
        return None
