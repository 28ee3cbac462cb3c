"""The one loop that claims due work and runs it."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime

from django.db import close_old_connections

from milepost import clock
from milepost.jobs import due_mail, new_day, notification_mail
from milepost.jobs.deliveries import deliver
from milepost.workspace import actions
from milepost.workspace.queries import Place, job_place, list_all_workspaces

JOBS: dict[str, Callable[..., datetime]] = {job.KIND: job.run for job in (new_day, due_mail, notification_mail)}
PAUSE_SECONDS = 5.0
log = logging.getLogger("milepost.jobs")


def work(*, once: bool = False, stop: threading.Event | None = None) -> int:
    """Run what is due until `stop` is set, or with `once` until nothing is due; return how many ran."""
    stop = stop or threading.Event()
    done = 0
    while not stop.is_set():
        ran = run_due() + deliver(now=clock.now())
        done += ran
        if not ran:
            if once:
                return done
            close_old_connections()
            stop.wait(PAUSE_SECONDS)
    return done


def run_due() -> int:
    """Run one claimed job, if any is due, and return how many ran: 0 or 1."""
    now = clock.now()
    for workspace_id, _, _ in list_all_workspaces():
        for kind in JOBS:
            actions.schedule(workspace_id=workspace_id, kind=kind, due_at=now)
    claim = actions.claim_next(now=now)
    if claim is None:
        return 0
    place: Place = job_place(workspace_id=claim.workspace_id, now=now)
    try:
        next_due_at = JOBS[claim.kind](place, now=now)
    except Exception as error:
        log.exception("%s of workspace %s failed", claim.kind, claim.workspace_id)
        actions.fail(claim, error=f"{type(error).__name__}: {error}", now=now)
    else:
        actions.finish(claim, next_due_at=next_due_at)
    return 1
