"""What an organisation wants to be true."""

from collections.abc import Collection
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from milepost.core.pace import Ambition
from milepost.okr.models.cycle import Cycle
from milepost.workspace.models import GuardedManager, Membership, Pillar, Remembered, Team, Visibility, Workspace
from milepost.workspace.models.visibility import up_to


class GoalState(models.TextChoices):
    """The life of a goal (rule A2)."""

    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    CANCELLED = "cancelled", "Cancelled"
    CLOSED = "closed", "Closed"


class Counts(models.TextChoices):
    """Which children an objective's score is made of (rule R1)."""

    KEY_RESULTS = "key_results", "its key results"
    OBJECTIVES = "objectives", "its child objectives"
    BOTH = "both", "key results and child objectives"


class Objective(Remembered):
    """A goal in words; owned by a team, a person, or, with neither, the company.

    Its people are its lead, the person who owns it, its contributors and the leads of its key results.
    """

    PAST_KIND = "objective"
    PAST = (
        "cycle_id", "title", "why", "owner_team_id", "owner_person_id", "lead_id", "ambition", "counts", "state",
        "visibility", "activated_on", "closed_on", "final_score", "final_expected", "planned_score", "grade",
        "pillar_id", "tags",
    )  # fmt: skip

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="objectives")
    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="objectives")
    title = models.CharField(max_length=200)
    why = models.TextField(default="", blank=True)
    owner_team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="objectives")
    owner_person = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    lead = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    pillar = models.ForeignKey(Pillar, on_delete=models.PROTECT, null=True, related_name="objectives")  # its own
    ambition = models.CharField(max_length=12, choices=[(a.value, a.value) for a in Ambition])
    counts = models.CharField(max_length=12, choices=Counts, default=Counts.KEY_RESULTS)
    state = models.CharField(max_length=10, choices=GoalState)
    visibility = models.PositiveSmallIntegerField(choices=Visibility, default=Visibility.EVERYBODY)
    tags = models.JSONField(default=list, blank=True)  # the words, as written; found through `ObjectiveTag`
    created_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True)
    activated_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    # Facts of the close (R8, G1): what was proposed and what stands.
    final_score = models.FloatField(null=True)
    final_expected = models.FloatField(null=True)
    planned_score = models.FloatField(null=True)  # what the plan of the first activation came to (G2)
    grade = models.FloatField(null=True)
    grade_reason = models.TextField(default="", blank=True)
    is_reviewed = models.BooleanField(default=True)  # False: closed with the proposal, unseen (G3)
    # The one of an earlier cycle whose unfinished key results go on here (G4).
    carried_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="carried_to")
    version = models.PositiveIntegerField(default=1)  # counts its changes, for ETag and If-Match

    objects: ClassVar[GuardedManager[Self]] = GuardedManager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(visibility=Visibility.TEAM) | Q(owner_team__isnull=False), name="team_only_has_a_team"
            ),
            models.CheckConstraint(
                condition=Q(owner_team__isnull=True) | Q(owner_person__isnull=True),
                name="objective_one_owner",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["active", "in_review"]) | Q(lead__isnull=False),
                name="active_objective_has_lead",
            ),
            models.CheckConstraint(
                condition=Q(grade__isnull=True) | Q(grade__range=(0.0, 1.0)), name="objective_grade_0_to_1"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "cycle", "id"], name="objective_of_cycle"),
            models.Index(fields=["workspace", "owner_team", "cycle", "id"], name="objective_of_team"),
            models.Index(fields=["lead", "cycle"], name="objective_of_lead"),
            models.Index(fields=["workspace", "state", "cycle"], name="objective_by_state"),
        ]

    def __str__(self) -> str:
        return self.title

    @classmethod
    def seen_by(cls, level: int, me: int, teams: Collection[int], *, prefix: str = "") -> Q:
        """Return which goals a reader sees beyond others' walls (M5).

        Args:
            level, me, teams: of the reader's `Sight`.
            prefix: the way from the rows to the objective, such as "objective__".
        """
        theirs = cls.objects.filter(Q(contributions__membership_id=me) | Q(key_results__lead_id=me))
        shared = SharingTeam.objects.filter(team_id__in=teams)
        return (
            up_to(level, prefix=prefix)
            | Q(**{f"{prefix}lead_id": me})
            | Q(**{f"{prefix}owner_person_id": me})
            | Q(**{f"{prefix}visibility": Visibility.TEAM, f"{prefix}owner_team_id__in": teams})
            | Q(**{f"{prefix}visibility": Visibility.TEAM, f"{prefix}id__in": shared.values("objective_id")})
            | Q(**{f"{prefix}id__in": theirs.order_by().values("id")})
        )


class Contributor(models.Model):
    """Somebody who helps with an objective: may check in on its key results, not change it."""

    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="contributions")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["objective", "membership"], name="contributes_once"),
        ]


class SharingTeam(models.Model):
    """A team that shares an objective with the one that owns it.

    Who is in it checks in as contributors do, and sees the objective where it is for teams alone. One that is
    for its people alone stays so: to share it with a team is not to open it.
    """

    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="shared_with")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="shares")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["objective", "team"], name="shares_once"),
        ]


class ObjectiveTag(models.Model):
    """A word that an objective is found by; `key` is the word in small letters.

    It stands with each objective and not in a list of the workspace, which would tell of words that were only
    used behind a wall.
    """

    objective = models.ForeignKey(Objective, on_delete=models.CASCADE, related_name="tag_rows")
    key = models.CharField(max_length=60)  # small letters may be more than the capitals were
    word = models.CharField(max_length=30)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["objective", "key"], name="objective_tag_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["key", "objective"], name="objectives_by_tag")]
