"""How work under goals is shown: its state, and when it is due."""

from datetime import date
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from milepost.web import format as words
from milepost.web.icons import icon
from milepost.web.words import INITIATIVE_ICONS, INITIATIVE_STATES

register = template.Library()


@register.filter
def initiative_state(state: str) -> str:
    """Return the word of a state."""
    return INITIATIVE_STATES[state]


@register.simple_tag
def initiative_icon(state: str) -> SafeString:
    """Return the shape of a state; its word stands beside it."""
    return icon(INITIATIVE_ICONS[state], small=True)


@register.simple_tag(takes_context=True)
def due_day(context: dict[str, Any], due_on: date) -> SafeString:
    """Return when open work is due, marked with a clock from the day after on."""
    today = context["today"]
    text = words.day(due_on, today=today)
    if due_on < today:
        return format_html('<span class="age stale">{}was due {}</span>', icon("clock", small=True), text)
    return format_html("<span>due {}</span>", text)
