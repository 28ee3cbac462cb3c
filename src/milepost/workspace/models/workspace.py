"""An organisation; nothing crosses from one to another."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from milepost.workspace.models.remembered import Remembered


class Workspace(Remembered):
    """One organisation's goals, KPIs and people, with the settings that give them meaning."""

    PAST_KIND = "workspace"
    PAST = ("time_zone", "fiscal_month", "rhythm_weeks", "rhythm_weekday", "team_rhythms")

    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    time_zone = models.CharField(max_length=64, default="UTC")
    fiscal_month = models.PositiveSmallIntegerField(default=1)
    rhythm_weeks = models.PositiveSmallIntegerField(default=1)  # 1, 2, 3; 0 is monthly (rule C4)
    rhythm_weekday = models.PositiveSmallIntegerField(default=0)  # 0 is Monday
    rhythm_hour = models.PositiveSmallIntegerField(default=9)  # when check-ins are asked for by mail, in its zone
    rhythm_skip_days = models.PositiveSmallIntegerField(default=0)  # who updated so lately is not asked; 0 asks always
    rhythm_is_locked = models.BooleanField(default=False)  # no team may have one of its own
    # Derived from teams: those that go by another rhythm, [[weeks, weekday, hour, skip days, [team, …]], …]; here, so
    # that readers and scores need not look there. None: no team ever had one.
    team_rhythms = models.JSONField(null=True)
    reviewers = models.PositiveSmallIntegerField(default=0)  # with reviewers a new goal goes to review (A2)
    demands_second_step = models.BooleanField(default=False)  # who has none sees no page of it
    # How status is told; None: as Milepost has it. The row is the newest of the workspace's, so readers need not look.
    rules = models.ForeignKey("RuleSetVersion", on_delete=models.PROTECT, null=True, related_name="+")
    is_sample = models.BooleanField(default=False)
    scores_on = models.DateField(null=True)  # the day the score rows were last refreshed for (S7); None: do it now
    has_walls = models.BooleanField(default=False)  # something in it is, or was, seen by fewer than everybody
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)  # counts its changes, for ETag and If-Match

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(fiscal_month__range=(1, 12)), name="fiscal_month_1_to_12"),
            models.CheckConstraint(condition=Q(rhythm_weeks__lte=3), name="rhythm_weeks_0_to_3"),
            models.CheckConstraint(condition=Q(rhythm_weekday__lte=6), name="rhythm_weekday_0_to_6"),
            models.CheckConstraint(condition=Q(rhythm_hour__lte=23), name="rhythm_hour_0_to_23"),
            models.CheckConstraint(condition=Q(reviewers__lte=2), name="reviewers_0_to_2"),
        ]

    def __str__(self) -> str:
        return self.name
