"""Which goals are looked at, and how: one state for the list, the tree, the map, the chart and the timeline.

The only place that reads it from an address and writes it into one, so that every view has an address
that can be shared, and switching between views keeps what was chosen. A further filter is a field of
`GoalFilter`, a line in `_FIELDS` and a condition in `filtering.narrowed`; a further group is a word in
`GROUPS` and a line in `filtering.GROUPINGS`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from urllib.parse import parse_qsl, urlencode

from milepost.workspace.errors import Invalid

FORMS = ("list", "tree", "map", "chart", "timeline")
TABS = ("all", "attention", "overdue", "mine", "unaligned")
STATES = ("draft", "in_review", "active", "paused", "closed", "cancelled")
STATUSES = ("off_track", "at_risk", "on_track", "ahead", "reached", "early", "no_value", "ended", "done")
GROUPS = ("", "team", "owner", "lead", "pillar", "status")
SORTS = ("", "title", "behind", "check_in")
TEXT_MOST = 100
QUERY_MOST = 500


@dataclass(frozen=True, slots=True)
class GoalFilter:
    """What somebody looks at; None and "" are no choice.

    Attributes:
        form: list, tree, map, chart or timeline.
        tab: all, attention, overdue, mine or unaligned (below nothing, and not the company's).
        cycle_id: None is the cycle that runs.
        team_id: a team with all below it.
        state: of the goal's life (rule A2); without it all but cancelled ones.
        status: word of the plan (rule S1).
        pillar_id: a pillar that the goal itself hangs on.
        tag: one of its tags, in any capitals.
        text: beginnings of words of the title.
        group, sort: "" is none, and the order in which the goals were made.
    """

    form: str = "tree"
    tab: str = "all"
    cycle_id: int | None = None
    team_id: int | None = None
    lead_id: int | None = None
    state: str = ""
    status: str = ""
    pillar_id: int | None = None
    tag: str = ""
    text: str = ""
    group: str = ""
    sort: str = ""

    @property
    def is_narrow(self) -> bool:
        """Return whether it leaves goals of the cycle out."""
        return self != replace(_NOTHING, form=self.form, cycle_id=self.cycle_id, group=self.group, sort=self.sort)


_NOTHING = GoalFilter()


@dataclass(frozen=True, slots=True)
class _Field:
    """How one choice stands in an address: its name there, what it is called, and what may be chosen."""

    name: str
    called: str
    read: Callable[[str], int | str | None]


def _one_of(words: tuple[str, ...]) -> Callable[[str], str | None]:
    return lambda text: text if text in words else None


def _id(text: str) -> int | None:
    is_id = text.isascii() and text.isdigit() and len(text) < 19  # noqa: PLR2004 - of 64 bits
    return int(text) if is_id and int(text) else None


def _text(text: str) -> str | None:
    found = " ".join(text.split())
    is_text = found.isprintable() and any(c.isalnum() for c in found)
    return found if is_text and len(found) <= TEXT_MOST else None


_FIELDS = {
    "form": _Field("as", "view", _one_of(FORMS)),
    "tab": _Field("view", "filter", _one_of(TABS)),
    "cycle_id": _Field("cycle", "cycle", _id),
    "team_id": _Field("team", "team", _id),
    "lead_id": _Field("lead", "lead", _id),
    "state": _Field("state", "state", _one_of(STATES)),
    "status": _Field("status", "status", _one_of(STATUSES)),
    "pillar_id": _Field("pillar", "pillar", _id),
    "tag": _Field("tag", "tag", _text),
    "text": _Field("q", "text", _text),
    "group": _Field("group", "group", _one_of(GROUPS[1:])),
    "sort": _Field("sort", "order", _one_of(SORTS[1:])),
}
NAMES = tuple(field.name for field in _FIELDS.values())


def read_filter(given: Mapping[str, str]) -> tuple[GoalFilter, tuple[str, ...]]:
    """Return the state that an address asks for, and a sentence for each choice in it that there is not.

    Names that are not of the state, such as that of a page of it, are left to whoever reads them.
    """
    chosen: dict[str, int | str] = {}
    left_out: list[str] = []
    for attribute, field in _FIELDS.items():
        text = given.get(field.name, "").strip()
        if not text:
            continue
        value = field.read(text)
        if value is None:
            short = text if len(text) <= 40 else f"{text[:40]}…"  # noqa: PLR2004 - of a line
            left_out.append(f"There is no {field.called} “{short}” of goals, so it was left out.")
        else:
            chosen[attribute] = value
    return GoalFilter(**chosen), tuple(left_out)  # type: ignore[arg-type] # each field reads its own kind


def write_filter(asked: GoalFilter, **changed: object) -> str:
    """Return the part of an address behind the question mark, with what is `changed` of the state.

    It always names the view, so that it never stands for what somebody opens by default.
    """
    state = replace(asked, **changed) if changed else asked  # type: ignore[arg-type]
    parts = [("as", state.form)]
    for field in fields(GoalFilter)[1:]:
        value = getattr(state, field.name)
        if value != field.default:
            parts.append((_FIELDS[field.name].name, str(value)))
    return urlencode(parts)


def checked_query(query: str) -> str:
    """Return a state that was sent as text in the one way it is written.

    Raises:
        Invalid: a name or a value in it that there is not.
    """
    try:
        given = dict(parse_qsl(query.removeprefix("?"), keep_blank_values=True, max_num_fields=30))
    except ValueError:
        raise Invalid(
            "This is too long for a view. Copy what stands behind the ? of its address.", field="query"
        ) from None
    unknown = [name for name in given if name not in NAMES]
    if unknown:
        known = ", ".join(NAMES)
        raise Invalid(f"A view knows no “{unknown[0][:40]}”. Known: {known}.", field="query")
    asked, left_out = read_filter(given)
    if left_out:
        raise Invalid(left_out[0].replace(", so it was left out", ""), field="query")
    return write_filter(asked)
