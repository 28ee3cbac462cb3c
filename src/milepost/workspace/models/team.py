"""Teams, nested to any depth."""

from datetime import date
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from milepost.workspace.models.membership import Membership
from milepost.workspace.models.workspace import Workspace

NO_RHYTHM = Q(rhythm_weeks=None, rhythm_weekday=None, rhythm_hour=None, rhythm_skip_days=None)
WHOLE_OR_NONE = NO_RHYTHM | Q(
    rhythm_weeks__lte=3, rhythm_weekday__lte=6, rhythm_hour__lte=23, rhythm_skip_days__isnull=False
)


class Team(models.Model):
    """People who own goals together."""

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="teams")
    name = models.CharField(max_length=120)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="children")
    ends_on = models.DateField(null=True)  # its last day: a project is a team that ends; None: it goes on
    # A rhythm of its own, as the workspace's (rule C4); None in all of them: it follows the one above.
    rhythm_weeks = models.PositiveSmallIntegerField(null=True)
    rhythm_weekday = models.PositiveSmallIntegerField(null=True)
    rhythm_hour = models.PositiveSmallIntegerField(null=True)
    rhythm_skip_days = models.PositiveSmallIntegerField(null=True)
    rhythm_is_locked = models.BooleanField(default=False)  # teams below it follow, whatever they set
    version = models.PositiveIntegerField(default=1)  # counts its changes, for ETag and If-Match
    members = models.ManyToManyField(Membership, through="TeamMembership", related_name="teams")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "name"], name="team_name_once"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="team_not_its_own_parent"),
            models.CheckConstraint(condition=WHOLE_OR_NONE, name="team_rhythm_whole_or_none"),
        ]

    def has_ended(self, today: date) -> bool:
        """Return whether its last day is over: it keeps its goals and is offered for no new ones."""
        return self.ends_on is not None and self.ends_on < today

    def __str__(self) -> str:
        return self.name


class TeamMembership(models.Model):
    """A person in a team, as member or as its manager."""

    team = models.ForeignKey(Team, on_delete=models.CASCADE)
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="team_memberships")
    is_manager = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["team", "membership"], name="in_a_team_once"),
        ]
