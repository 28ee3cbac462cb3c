"""What reviewers said of an objective ends where its plan changes."""

from datetime import datetime

from milepost.okr.models import GoalState, Objective, ReviewAnswer


def end_answers(objective: Objective, *, now: datetime) -> None:
    """End what reviewers said of an objective in review: they approved another plan (A2)."""
    if objective.state == GoalState.IN_REVIEW:
        ReviewAnswer.objects.filter(objective=objective, until=None).update(until=now)
