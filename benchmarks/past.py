"""A cycle as it stood on a day, in times of the same cycle as it stands: `python -m benchmarks.past [objectives]`.

Of 669 objectives with 2,007 key results (what the bounds are told of), beside further organisation of the
size given. CPU of this process; with SQLite that is the database's too.
"""

import os
import statistics
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.timing import cpu_ms, database_ms, statements

OBJECTIVES, REPEAT, DAYS = 669, 15, 30


def main(size: int) -> None:
    """Seed, measure in turns, and print one line for each."""
    os.environ.setdefault("MILEPOST_HOME", tempfile.mkdtemp(prefix="milepost-past-"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "milepost.site.settings")
    import django

    django.setup()
    from django.core.management import call_command

    from benchmarks.seed import seed
    from milepost.okr.actions import rebuild
    from milepost.workspace.queries import operator_place

    call_command("migrate", verbosity=0, interactive=False)
    now = datetime.now(UTC)
    made = seed(size, now=now - timedelta(days=DAYS))
    place = operator_place(slug=made.slug, now=now)
    change_since(place.workspace_id, now=now)
    rebuild(by=place.actor, now=now)
    for name, figure in figures(place.actor, today=place.today).items():
        print(f"{name}: {figure}")


def change_since(workspace_id: int, *, now: datetime) -> None:
    """Let some weeks pass: values and check-ins of every key result, corrections, and amendments of a tenth."""
    from django.db import connection

    from milepost.okr.models import KeyResult, Objective
    from milepost.workspace.actions import keep_past

    lead = Objective.objects.values_list("lead_id", flat=True)[0]
    with connection.cursor() as cursor:
        for weeks in range(8):
            at = now - timedelta(days=DAYS) + timedelta(days=4 * weeks)
            cursor.execute(
                "INSERT INTO metrics_reading (workspace_id, metric_id, valid_on, value, known_at, source, reason) "
                "SELECT workspace_id, id, %s, 90 - (id %% 40) * %s / 8.0, %s, 'hand', '' "
                "FROM metrics_metric WHERE NOT is_kpi",
                [at.date(), weeks, at],
            )
            cursor.execute(
                "INSERT INTO okr_checkin (workspace_id, key_result_id, author_id, at, valid_on, confidence, note, blockers,"
                " own_word, nothing_changed, is_late, withdrawn) "
                "SELECT workspace_id, id, %s, %s, %s, 6, '', '', '', false, false, false FROM okr_keyresult",
                [lead, at, at.date()],
            )
    changed = list(KeyResult.objects.filter(workspace_id=workspace_id)[: KeyResult.objects.count() // 10])
    for row in changed:
        row.target = 55.0
    KeyResult.objects.bulk_update(changed, ["target"], batch_size=500)
    keep_past(*changed, now=now - timedelta(days=2))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def figures(actor: Any, *, today: Any) -> dict[str, Any]:
    """Return CPU of the past and of the present of one cycle, medians of turns, and their ratio."""
    from milepost.okr.models import Objective, ObjectiveScore
    from milepost.okr.queries.as_of import cycle_on
    from milepost.okr.queries.lines import key_results_of, objective_lines

    cycle = Objective.objects.order_by("id").values_list("cycle_id", flat=True)[0]
    day = today - timedelta(days=DAYS // 2)

    def past() -> Any:
        return cycle_on(actor, cycle, day, today=today)

    def present() -> Any:
        lines = objective_lines(
            ObjectiveScore.objects.visible_to(actor).filter(cycle_id=cycle).order_by("objective_id")
        )
        return lines, key_results_of([line.id for line in lines])

    found: list[tuple[str, Any]] = []
    with statements(found):
        told = past()
    present()
    turns = [(_whole_ms(past), _whole_ms(present)) for _ in range(REPEAT)]
    of_past, of_now = (statistics.median(turn[i] for turn in turns) for i in (0, 1))
    return {
        "objectives": len(told.objectives),
        "key results": sum(map(len, told.key_results.values())),
        "queries": len(found),
        "as it stood, CPU ms": round(of_past, 1),
        "as it stands, CPU ms": round(of_now, 1),
        "times": round(statistics.median(was / now for was, now in turns), 2),
    }


def _whole_ms(send: Any) -> float:
    """Return the CPU of one call and of the database for it."""
    before = database_ms()
    return cpu_ms(send) + database_ms() - before


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else OBJECTIVES)
