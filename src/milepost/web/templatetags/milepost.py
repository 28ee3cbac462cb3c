"""Tags and filters of every template: thin, over `web.format`, `web.words` and `web.icons`."""

from datetime import date, datetime
from functools import lru_cache
from html import escape
from typing import Any

import qrcode.main
from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from milepost.core.grade import grade_word
from milepost.core.pace import Ambition
from milepost.core.target import Target
from milepost.okr.queries import write_filter
from milepost.web import format as words
from milepost.web import icons
from milepost.web.charts.spark import spark as draw_spark
from milepost.web.markdown import render
from milepost.web.words import (
    COMBINES,
    CURVES,
    FIELDS,
    FLAGS,
    KEY_RESULT_KINDS,
    PERSPECTIVES,
    REACTION_ICONS,
    SOURCES,
    STATES_FIRST,
    STEP_ICONS,
    VERBS,
    VERDICTS,
    WALLS,
    look,
)

register = template.Library()
AMENDED = {"kind": KEY_RESULT_KINDS, "curve": CURVES, "combine": COMBINES}
# Rows stand on a page by the hundred. Their tags escape what people wrote once and by hand, which
# costs a fifth of `format_html`; what is the same for every row is kept.
safe = mark_safe

register.filter("initials", words.initials)
register.filter("percent", words.percent)
register.filter("edited", words.edited)
register.filter("exact", words.exact)
register.filter("one_period", words.one_period)


@register.simple_tag
@lru_cache(maxsize=256)
def icon(name: str, small: bool = False, extra: str = "") -> SafeString:
    return icons.icon(name, small=small, extra=extra)


@register.simple_tag
def icon_sprite() -> SafeString:
    return icons.sprite()


@register.simple_tag
@lru_cache(maxsize=2048)
def status(word: str, extra: str = "") -> SafeString:
    """A status: shape, word and colour, with words after it ("Off track, 29 points behind plan")."""
    shown = look(word)
    label = f"{shown.label}, {extra}" if extra else shown.label
    return safe(f'<span class="st st-{shown.colour}">{icons.icon(shown.icon)}{escape(label)}</span>')


@register.simple_tag
def goal_status(line: Any) -> SafeString:
    """The status of a goal line: its state while it does not run, else its word."""
    return status(line.state if line.state in STATES_FIRST else line.word)


@register.simple_tag
def grade_status(grade: float, ambition: str) -> SafeString:
    found = grade_word(grade, ambition=Ambition(ambition))
    if found is None:
        return format_html('<span class="tag">{}</span>', f"{grade:.2f}")
    key = "grade_reached" if found == "reached" else found.value
    shown = look(key)
    return format_html(
        '<span class="st st-{}">{}{} {}</span>',
        shown.colour,
        icons.icon(shown.icon),
        f"{grade:.2f}",
        shown.label.lower(),
    )


@register.filter
def score(share: float | None) -> str:
    """A score or a grade of two digits: 0.78; a dash for None."""
    return words.DASH if share is None else f"{share:.2f}"


@register.simple_tag
@lru_cache(maxsize=8)
def wall(visibility: int) -> SafeString:
    """Who sees a goal or a KPI, where that is not everybody."""
    if not visibility:
        return safe("")
    return safe(f'<span class="tag wall">{icons.icon("lock", small=True)}{escape(WALLS[visibility])}</span>')


@register.simple_tag
def colour(word: str) -> str:
    return f"c-{look(word).colour}"


@register.simple_tag
def behind(line: Any) -> str:
    """How far behind or ahead of the plan a goal line is, in words; empty when unknown."""
    reached = _reached(line)
    if reached is None or line.expected is None:
        return ""
    return words.points(line.expected - reached)


@register.simple_tag
def bar(name: str, done: float | None, expected: float | None, word: str, large: bool = False) -> SafeString:
    """The progress bar with its milepost, and the percentage right of it.

    Lengths are attributes of svg elements, not styles: pages are served without inline styles.
    """
    width = 0.0 if done is None else min(100.0, max(0.0, 100 * done))
    says, title, flag = "no value yet", "No plan for today", ""
    if done is not None:
        says = words.points(expected - done) if expected is not None else ""
    if expected is not None:
        flag = f'<svg class="mp"><use href="#mp{"-l" if large else ""}" x="{100 * expected:.1f}%"/></svg>'
        title = f"Plan for today: {words.percent(expected)}"
    fill = f'<svg width="{width:.1f}%"/>' if done is not None and done > 0 else ""
    track = (
        f'<div class="bar{" bar-l" if large else ""}" role="progressbar" aria-valuenow="{width:.0f}" aria-valuemin="0"'
        f' aria-valuemax="100" aria-label="{escape(name)}: progress, {says}" title="{title}">{fill}{flag}</div>'
    )
    if large:
        return safe(f'<div class="{colour(word)}">{track}</div>')
    return safe(f'<div class="prog {colour(word)}">{track}<span class="pc">{words.percent(done)}</span></div>')


@register.simple_tag
def progress_bar(line: Any) -> SafeString:
    return bar(line.title, _reached(line), line.expected, line.word)


def _reached(line: Any) -> float | None:
    """Return how far a line counts as come: the progress of a key result unless its score was set by hand."""
    done: float | None = getattr(line, "counted", getattr(line, "progress", None))
    return line.score if done is None else done


@register.simple_tag
def kind_icon(line: Any) -> SafeString:
    """What measures a key result: a KPI, steps, or a value by hand."""
    name = "gauge" if line.kpi_slug else STEP_ICONS.get(line.kind, "target")
    shown: SafeString = icon(name, small=True, extra="kd")
    return shown


@register.simple_tag
def set_score(line: Any) -> SafeString:
    """Who set the score of a key result, why and for how long, with the computed one; empty without."""
    there = line.override
    if not line.is_overridden or there is None:
        return safe("")
    by = f" by {there.by}" if there.by else ""
    until = "until it is taken back" if there.is_kept else "until the next value"
    computed = "unknown" if line.computed is None else words.percent(line.computed)
    return format_html(
        '<span class="by">{} set{} {}: {} Computed: {}.</span>',
        words.percent(there.score), by, until, _sentence(there.why), computed,
    )  # fmt: skip


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


@register.simple_tag
def confidence(line: Any) -> SafeString:
    return _confidence(line.confidence, getattr(line, "confidence_before", None))


@lru_cache(maxsize=256)
def _confidence(now: int | None, before: int | None) -> SafeString:
    if now is None:
        return safe('<span class="conf muted">–</span>')
    moved = ""
    if before is not None and before != now:
        sign, word = ("▲", "up ") if now > before else ("▼", "down ")
        moved = f'<span class="mv">{sign}<span class="vh">{word}</span>{abs(now - before)}</span>'
    return safe(f'<span class="conf">{now}<small>/10</small>{moved}</span>')


@register.simple_tag(takes_context=True)
def check_in_age(context: dict[str, Any], line: Any) -> SafeString:
    """When the last check-in was; with a clock when the next one is overdue, and a word where it is stale (R7)."""
    today = context["today"]
    text = words.ago(line.checked_in_on, today=today) if line.checked_in_on else "no check-in"
    until = line.away_until(today) if hasattr(line, "away_until") else None
    if until is not None:
        return safe(f'<span class="age">{escape(text)}, away until {words.day(until, today=today)}</span>')
    due = line.next_check_in_on
    if due is not None and due < today:
        is_old = (old_on := getattr(line, "stale_on", None)) is not None and old_on <= today
        word = ", stale" if is_old else ""
        return safe(f'<span class="age stale">{icon("clock", small=True)}<span>{text}{word}</span></span>')
    return safe(f'<span class="age">{text}</span>')


@register.simple_tag
@lru_cache(maxsize=2048)
def avatar(name: str) -> SafeString:
    return safe(f'<span class="av" aria-hidden="true">{escape(words.initials(name or "?"))}</span>')


@register.simple_tag
@lru_cache(maxsize=2048)
def person(name: str) -> SafeString:
    return safe(f'<span class="own">{avatar(name)}{escape(name)}</span>')


@register.simple_tag
def way(line: Any) -> str:
    """What a key result is about: 48 → 30 min, now 43; at most 30 min, now 28; 2 of 5 steps; judged 60 %."""
    unit = line.unit_code
    now = "no value yet" if line.value is None else f"now {words.brief(line.value, unit)}"
    match line.kind:
        case "milestone":
            done = sum(step.done >= 1 for step in line.steps)
            return f"{done} of {len(line.steps)} step{'' if len(line.steps) == 1 else 's'}"
        case "tasks":
            left = [step for step in line.steps if not step.is_cancelled]
            return f"{sum(step.done >= 1 for step in left)} of {words.tally(len(left), 'task')}"
        case "judged":
            return "not judged yet" if line.computed is None else f"judged {words.percent(line.computed)}"
        case "percent":
            return "no value yet" if line.value is None else f"{words.with_unit(line.value, '%')} done"
        case "baseline":
            so_far = "" if line.value is None else f", {words.with_unit(line.value, unit)} so far"
            return f"waiting for a baseline{so_far}"
        case "keep":
            return f"{_level(line)}, {now}"
        case "children" if line.combine != "sum":
            return f"the {'weighted ' * (line.combine == 'weighted_mean')}mean of other key results"
        case "children":
            return f"{words.brief(line.start, unit)} → {words.with_unit(line.target, unit)} together, {now}"
        case "levels":
            stretch = words.with_unit(line.stretch, unit)
            return f"{words.brief(line.start, unit)} → {words.brief(line.target, unit)}, stretch {stretch}, {now}"
    return f"{words.brief(line.start or 0.0, unit)} → {words.with_unit(line.target, unit)}, {now}"


@register.simple_tag
def aim(line: Any) -> str:
    """What a key result that does not run yet aims at: 48 → 30 min, keep at least 99 %, 5 steps."""
    if line.has_steps:
        return words.tally(len(line.steps), "step" if line.kind == "milestone" else "task")
    plain = {"judged": "judged", "percent": "100 % done"}
    return plain.get(line.kind) or way(line).split(", now ")[0].removesuffix(", no value yet")


def _level(line: Any) -> str:
    unit = line.unit_code
    if line.low is not None and line.high is not None:
        return f"keep {words.number(line.low)}–{words.with_unit(line.high, unit, full=True)}"
    if line.low is not None:
        return f"keep at least {words.with_unit(line.low, unit, full=True)}"
    return f"keep at most {words.with_unit(line.high, unit, full=True)}"


@register.filter
def amended(text: str, field: str) -> str:
    """A value of the ledger as people read it."""
    return AMENDED.get(field, {}).get(text, text)


@register.filter
def step_share(step: Any, item: Any) -> str:
    """The share of a step that is done in part, in percent, or what was sent; empty where none or all of it is."""
    if item.ticked is not None:
        return str(item.shares.get(step.id, ""))
    return f"{100 * step.done:.6g}" if 0 < step.done < 1 else ""


@register.filter
def is_ticked(step: Any, item: Any) -> bool:
    """Whether a step is done, or was ticked in what was sent."""
    return step.id in item.ticked if item.ticked is not None else step.done >= 1


@register.simple_tag
def value(number: float | None, unit: str = "", full: bool = True) -> str:
    return words.with_unit(number, unit, full=full)


@register.simple_tag
def big_number(number: float | None, unit: str) -> SafeString:
    if number is None:
        return format_html('<p class="num">{}</p>', words.DASH)
    text, rest = words.short(number, unit)
    return safe(f'<p class="num">{text} <small>{escape(rest)}</small></p>')


@register.simple_tag
def delta(change: float | None, unit: str, is_better: bool | None) -> SafeString:
    if change is None:
        return safe("")
    css = "" if is_better is None else "good" if is_better else "bad"
    return safe(f'<span class="{css}">{escape(words.change(change, unit))}</span>')


@register.simple_tag
def target_short(target: Target | None, unit: str) -> str:
    return words.target_short(target, unit)


@register.simple_tag
def target_words(target: Target | None, unit: str) -> str:
    return words.target_words(target, unit)


@register.simple_tag(takes_context=True)
def period(context: dict[str, Any], start: date | None, frequency: str) -> str:
    return words.period(start, frequency, today=context["today"])


@register.simple_tag(takes_context=True)
def day(context: dict[str, Any], value: date | datetime | None) -> str:
    return words.day(_local_day(value), today=context["today"])


@register.simple_tag(takes_context=True)
def ago(context: dict[str, Any], value: date | datetime | None) -> str:
    return words.ago(_local_day(value), today=context["today"])


@register.simple_tag(takes_context=True)
def age(context: dict[str, Any], value: date | datetime | None) -> str:
    return words.age(_local_day(value), today=context["today"])


def _local_day(value: date | datetime | None) -> date | None:
    """Return the day of a moment in the zone of the workspace."""
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


@register.simple_tag
def spark(tile: Any) -> SafeString:
    """The small line of a tile with its dot in the colour of the tile's word."""
    target = tile.target
    targets = [t for t in (target.low, target.high) if t is not None] if target else []
    drawn = draw_spark(tile.spark, targets=targets)
    if drawn is None:
        return mark_safe('<div class="plot"></div>')
    dotted = "".join(f'<line class="spark-t" x1="0" x2="140" y1="{t}" y2="{t}"/>' for t in drawn.targets)
    label = f"{tile.name}, last {len(tile.spark)} periods, target {words.target_words(target, tile.unit_code)}"
    return safe(
        f'<div class="plot {colour(tile.word)}"><svg class="spark" viewBox="0 0 140 40" preserveAspectRatio="none"'
        f' role="img" aria-label="{escape(label)}">{dotted}<path class="spark-l" d="{drawn.path}"/>'
        f'<path class="spark-o" d="{drawn.dot}"/><path class="spark-d" d="{drawn.dot}"/></svg></div>'
    )


@register.filter
def lookup(mapping: dict[Any, Any], key: Any) -> Any:
    return mapping.get(key)


@register.filter
def as_day(text: str) -> date:
    return date.fromisoformat(text)


@register.filter
def lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


@register.filter
def verb(key: str) -> str:
    return VERBS.get(key, key.replace("_", " "))


@register.filter
def verdict(key: str) -> str:
    return VERDICTS[key]


@register.filter
def reaction_icon(kind: str) -> SafeString:
    shown: SafeString = icon(REACTION_ICONS[kind], small=True)
    return shown


@register.simple_tag
def flag(kind: str, settled_by: str = "") -> SafeString:
    """What a comment is flagged as, and by whom that was settled."""
    label, name = FLAGS[kind]
    said = f"{label}, settled by {settled_by}" if settled_by else label
    return format_html('<span class="tag flag">{}{}</span>', icon("check" if settled_by else name, small=True), said)


@register.filter
def perspective(key: str) -> str:
    return PERSPECTIVES.get(key, key)


@register.filter
def field_name(key: str) -> str:
    return FIELDS.get(key, key)


@register.filter
def source_name(key: str) -> str:
    return SOURCES.get(key, (key, ""))[0]


@register.filter
def source_icon(key: str) -> str:
    return SOURCES.get(key, ("", "pencil-line"))[1]


@register.filter
def count_of(n: int) -> str:
    """A filter's count: 101 reads 100+."""
    return "100+" if n > 100 else str(n)  # noqa: PLR2004 - the page counts no further


@register.filter
def markdown(text: str) -> SafeString:
    """A long text; what it may hold is said in `web.markdown`."""
    return safe(render(text))


@register.filter
def status_label(word: str) -> str:
    return look(word).label


@register.filter
def confidence_steps(_: str) -> range:
    """The ten steps of confidence (rule S6)."""
    return range(1, 11)


@register.filter
def qr(text: str) -> SafeString:
    """A text as a square for a camera: one path, black on white in every colour scheme, or cameras miss it."""
    code: Any = qrcode.main.QRCode(border=2)
    code.add_data(text)
    rows = code.get_matrix()
    path = "".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return safe(f'<svg viewBox="0 0 {len(rows)} {len(rows)}" shape-rendering="crispEdges"><path d="{path}"/></svg>')


@register.filter
def level(depth: int) -> str:
    """The class that indents a row of a tree; beyond a dozen levels the eye gains nothing."""
    return f"d{min(depth, 12)}"


@register.simple_tag(takes_context=True)
def filter_with(context: dict[str, Any], **changed: Any) -> str:
    """The address of the goals with what is changed of their filter."""
    return write_filter(context["asked"], **changed)


@register.filter
def shade(n: int) -> int:
    """How dark a cell with a count is, 1 to 4: one, up to three, up to nine, more."""
    return 1 + sum(n > most for most in (1, 3, 9))


@register.filter
def share_width(share: float) -> str:
    """A share of 1 as a width in percent."""
    return f"{100 * share:.1f}"
