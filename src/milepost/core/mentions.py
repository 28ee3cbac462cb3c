"""Names in texts: kept as ids, so that renaming or erasing somebody changes no text."""

import re
from collections.abc import Callable, Mapping

_KEPT = re.compile(r"@\[(\d{1,18})\]")
_MARKS = re.compile(r"([\\`*_{}\[\]()#+\-.!<>~|&])")


def ids_in(text: str) -> tuple[int, ...]:
    """Return the ids of the people who are named in a kept text, each once, in order.

    Source: ADR 0006.
    """
    return tuple(dict.fromkeys(int(found) for found in _KEPT.findall(text)))


def keep(text: str, *, names: Mapping[str, int]) -> str:
    """Return a typed text as it is kept: each @Name as @[id].

    Args:
        names: by name as it is spelled; any case is understood, and the longest name that fits is meant.

    Source: ADR 0006.
    """
    by_name = {name.casefold(): pk for name, pk in names.items()}
    folded = text.casefold()
    there = sorted((name for name in names if f"@{name.casefold()}" in folded), key=len, reverse=True)
    if not there:
        return text
    any_of = "|".join(re.escape(name) for name in there)
    named = re.compile(rf"(?<!\w)@({any_of})(?!\w)", re.IGNORECASE)
    return named.sub(lambda found: f"@[{by_name[found[1].casefold()]}]", text)


def said(text: str, *, names: Mapping[int, str], gone: str = "somebody") -> str:
    """Return a kept text as people read and edit it: @Name; who has no name in `names` is `gone`.

    Source: ADR 0006.
    """
    return _told(text, lambda pk: f"@{names.get(pk, gone)}")


def said_in_markdown(text: str, *, names: Mapping[int, str], gone: str = "somebody") -> str:
    """Return a kept text as Markdown, names set off; what a name holds is no Markdown.

    Source: ADR 0006.
    """
    return _told(text, lambda pk: f"**@{_plain(names.get(pk, gone))}**")


def _plain(name: str) -> str:
    """Return a name so that Markdown shows it as it is."""
    return _MARKS.sub(r"\\\1", name)


def _told(text: str, name: Callable[[int], str]) -> str:
    return _KEPT.sub(lambda found: name(int(found[1])), text)
