"""The only way to fetch what is talked about, and comments."""

from dataclasses import dataclass

from milepost.metrics.models import Metric
from milepost.metrics.queries import get_kpi
from milepost.okr.models import KeyResult, Objective
from milepost.okr.queries.access import get_key_result, get_objective
from milepost.rhythm.models import Comment
from milepost.workspace.errors import NotFound
from milepost.workspace.models import Visibility
from milepost.workspace.permissions import Actor


@dataclass(frozen=True, slots=True)
class Subject:
    """What is talked about, as an address names it: an objective, one of its key results, or a KPI by its slug."""

    objective_id: int | None = None
    key_result_id: int | None = None
    kpi: str | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """An objective or a KPI that the actor may see; with an objective maybe the key result that is meant."""

    objective: Objective | None
    key_result: KeyResult | None
    metric: Metric | None

    @property
    def kind(self) -> str:
        """Return what the audit trail calls it."""
        return "kpi" if self.metric is not None else "objective"

    @property
    def thing(self) -> Objective | Metric:
        """Return the objective or the KPI.

        Raises:
            NotFound: it is about nothing.
        """
        found = self.metric or self.objective
        if found is None:
            raise NotFound
        return found

    @property
    def title(self) -> str:
        """Return what it is called."""
        return self.metric.name if self.metric is not None else str(self.objective)

    @property
    def is_public(self) -> bool:
        """Return whether everybody in the workspace sees it."""
        return self.thing.visibility == Visibility.EVERYBODY


def get_subject(actor: Actor, subject: Subject) -> Goal:
    """Return what is talked about.

    Raises:
        NotFound: it is not there or not the actor's to see, or the key result belongs to another objective.
    """
    if subject.kpi is not None:
        return Goal(None, None, get_kpi(actor, subject.kpi))
    if subject.key_result_id is not None:
        key_result = get_key_result(actor, subject.key_result_id)
        if subject.objective_id not in {None, key_result.objective_id}:
            raise NotFound
        return Goal(key_result.objective, key_result, None)
    if subject.objective_id is None:
        raise NotFound
    return Goal(get_objective(actor, subject.objective_id), None, None)


def get_comment(actor: Actor, comment_id: int) -> Comment:
    """Return a comment that the actor may see, with what it is about; a deleted one, too.

    Raises:
        NotFound: there is none, or it is about something that is not the actor's to see.
    """
    rows = Comment.objects.visible_to(actor).select_related("objective", "key_result", "metric")
    found = rows.filter(pk=comment_id).first()
    if found is None:
        raise NotFound
    return found
