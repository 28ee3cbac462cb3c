"""What a database holds of the writes that were sent: is anything lost, is anything there by half?"""

import json
from collections import Counter, defaultdict
from typing import Any

from tests.support.installation import Installation
from tests.support.writers import Goals, Write

# Every row that a write makes, by the tag that stands in it: tag, value, id.
MADE = {
    "check_in": "SELECT note, value, id FROM okr_checkin",
    "reading": "SELECT reason, value, id FROM metrics_reading WHERE reason <> ''",
    "title": "SELECT new, NULL, id FROM okr_amendment WHERE field = 'title' AND kind = 'objective'",
}


def made(it: Installation) -> dict[str, list[tuple[float | None, int]]]:
    """Return what the database holds of each write by its tag."""
    found: dict[str, list[tuple[float | None, int]]] = defaultdict(list)
    for sql in MADE.values():
        for tag, value, pk in it.rows(sql):
            found[tag].append((value, pk))
    return found


def lost_of(it: Installation, promised: list[Write]) -> list[str]:
    """Return the acknowledged writes that are not there, or not just once, or not as they were sent."""
    rows = made(it)
    return [f"{write.tag}: {rows[write.tag]}" for write in promised if not is_whole(write, rows[write.tag])]


def is_whole(write: Write, rows: list[tuple[float | None, int]]) -> bool:
    if write.what == "title":
        return len(rows) == 1
    values, ids = sorted(value for value, _ in rows if value is not None), {pk for _, pk in rows}
    return values == write.values and len(rows) == len(values) and set(write.ids) <= ids


def half_of(it: Installation, unanswered: list[Write], goals: Goals) -> list[str]:
    """Return what is there in part: a batch, a check-in without what belongs to it, a name without its words."""
    rows = made(it)
    told = [f"{one.tag}: {rows[one.tag]}" for one in unanswered if rows[one.tag] and not is_whole(one, rows[one.tag])]
    check_ins = {pk: (value, read) for pk, value, read in it.rows(
        "SELECT c.id, c.value, r.value FROM okr_checkin c LEFT JOIN metrics_reading r ON r.id = c.reading_id"
    )}  # fmt: skip
    told += [f"check-in {pk}: {value}, its reading {read}" for pk, (value, read) in check_ins.items() if value != read]
    events = [(verb, parsed(data)) for verb, data in it.rows("SELECT verb, data FROM workspace_event")]
    messages = [(kind, parsed(body)["data"]) for kind, body in it.rows("SELECT type, body FROM workspace_delivery")]
    once = dict.fromkeys(check_ins, 1)
    if Counter(data["check_in"] for verb, data in events if verb == "checked_in") != once:
        told.append("check-ins and their events differ")
    if Counter(data["check_in_id"] for kind, data in messages if kind == "checkin.created") != once:
        told.append("check-ins and their messages differ")
    batches = Counter(reason for (reason,) in it.rows("SELECT DISTINCT reason FROM metrics_reading WHERE reason <> ''"))
    if Counter(data["reason"] for verb, data in events if verb == "recorded") != batches:
        told.append("batches of values and their events differ")
    if sum(kind == "kpi.value_recorded" for kind, _ in messages) != len(batches):
        told.append("batches of values and their messages differ")
    return told + half_titles(it, events, goals)


def half_titles(it: Installation, events: list[tuple[str, Any]], goals: Goals) -> list[str]:
    """Return where title, amendments, events and words of the objective do not agree."""
    titles = [title for title, _, _ in it.rows(MADE["title"] + " ORDER BY id")]
    told = [data["changes"]["title"][1] for verb, data in events if verb == "amended"]
    now = it.rows(f"SELECT title FROM okr_objective WHERE id = {goals.objective}")[0][0]
    where = f"kind = 'objective' AND object_id = {goals.objective}"
    words = {word for (word,) in it.rows(f"SELECT word FROM workspace_searchword WHERE {where}")}
    wrong = []
    if sorted(told) != sorted(titles):
        wrong.append("changed titles and their events differ")
    if titles and now != titles[-1]:
        wrong.append(f"the title is {now}, the last change made it {titles[-1]}")
    if words != set(now.lower().split()):
        wrong.append(f"{now} is found by {words}")
    return wrong


def parsed(found: Any) -> Any:
    return json.loads(found) if isinstance(found, str) else found
