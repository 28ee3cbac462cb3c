"""The icons in use, as one sprite of symbols."""

from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from lucide.templatetags.lucide import lucide

NAMES = (
    "arrow-down",
    "arrow-right",
    "arrow-up",
    "bell",
    "bookmark",
    "calendar-check",
    "calendar-range",
    "check",
    "chevron-down",
    "chevrons-up",
    "circle-check",
    "circle-dashed",
    "circle-question-mark",
    "clock",
    "compass",
    "copy",
    "download",
    "ellipsis",
    "eye",
    "file-diff",
    "file-text",
    "flag",
    "funnel",
    "gauge",
    "handshake",
    "heart",
    "key-round",
    "lightbulb",
    "list",
    "list-checks",
    "list-tree",
    "lock",
    "message-square",
    "milestone",
    "newspaper",
    "map",
    "milestone",
    "network",
    "octagon-x",
    "pencil-line",
    "plug",
    "plus",
    "rotate-cw",
    "search",
    "settings",
    "sigma",
    "sparkles",
    "target",
    "thumbs-up",
    "triangle-alert",
    "unlink",
    "upload",
    "users",
    "waypoints",
    "x",
)


# A post of 2 px with its flag, drawn around the point of the bar that it stands at; larger for large bars.
MILEPOST = '<path id="mp" d="M-1-8h2l8 3l-8 3v12h-2z"/><path id="mp-l" d="M-1-12h2l11 4l-11 4v18h-2z"/>'


@lru_cache(maxsize=1)
def sprite() -> SafeString:
    """Return one hidden svg with a symbol for each icon, and the milepost of progress bars."""
    symbols = "".join(f'<symbol id="i-{name}" viewBox="0 0 24 24">{_inside(name)}</symbol>' for name in NAMES)
    return mark_safe(f'<svg width="0" height="0" class="sprite" aria-hidden="true">{symbols}{MILEPOST}</svg>')  # noqa: S308 - from the icon package


def icon(name: str, *, small: bool = False, extra: str = "") -> SafeString:
    """Return an icon of the sprite; it says nothing to screen readers, the word beside it does."""
    if name not in NAMES:
        raise KeyError(f"The sprite has no icon {name!r}: add it to icons.NAMES.")
    classes = " ".join(part for part in ("ic", "ic-s" if small else "", extra) if part)
    return format_html('<svg class="{}" aria-hidden="true"><use href="#i-{}"/></svg>', classes, name)


def _inside(name: str) -> str:
    text = str(lucide(name))
    return text[text.index(">") + 1 : text.rindex("</svg>")].strip()
