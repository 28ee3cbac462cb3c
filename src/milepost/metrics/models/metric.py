"""A measured quantity."""

from collections.abc import Collection
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q

from milepost.core.calendar import Frequency
from milepost.core.series import Aggregation
from milepost.core.target import Direction
from milepost.workspace.models import GuardedManager, Membership, Pillar, Remembered, Team, Visibility, Workspace
from milepost.workspace.models.visibility import up_to


def _choices(enum: type[Frequency] | type[Aggregation] | type[Direction]) -> list[tuple[str, str]]:
    return [(member.value, member.value) for member in enum]


class Metric(Remembered):
    """A KPI (kept against a target without end, rule K1) or the own measure of a key result."""

    PAST_KIND = "metric"
    PAST = (
        "name", "unit_code", "direction", "frequency", "aggregation", "lag_days", "group", "owner_team_id", "lead_id",
        "visibility", "formula", "archived_at", "pillar_id", "tags",
    )  # fmt: skip

    workspace = models.ForeignKey(Workspace, on_delete=models.CASCADE, related_name="metrics")
    is_kpi = models.BooleanField()
    slug = models.SlugField(max_length=80, null=True)  # KPIs only: their address
    name = models.CharField(max_length=200)
    description = models.TextField(default="", blank=True)
    unit_code = models.CharField(max_length=20, default="", blank=True)
    direction = models.CharField(max_length=8, choices=_choices(Direction))
    frequency = models.CharField(max_length=8, choices=_choices(Frequency))
    aggregation = models.CharField(max_length=12, choices=_choices(Aggregation))
    lag_days = models.PositiveSmallIntegerField(null=True)  # None: the default of rule K3
    group = models.CharField(max_length=80, default="", blank=True)  # heading on the board
    owner_team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="kpis")
    lead = models.ForeignKey(Membership, on_delete=models.PROTECT, null=True, related_name="+")
    pillar = models.ForeignKey(Pillar, on_delete=models.PROTECT, null=True, related_name="kpis")
    visibility = models.PositiveSmallIntegerField(choices=Visibility, default=Visibility.EVERYBODY)
    formula = models.TextField(default="", blank=True)  # "": measured; else [#id] stands where a KPI was named
    tags = models.JSONField(default=list, blank=True)  # the words, as written; found through `MetricTag`
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)  # counts its changes, for ETag and If-Match

    objects: ClassVar[GuardedManager[Self]] = GuardedManager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(visibility=Visibility.TEAM) | Q(owner_team__isnull=False), name="team_only_kpi_has_a_team"
            ),
            models.UniqueConstraint(fields=["workspace", "slug"], name="kpi_slug_once"),
            models.CheckConstraint(condition=Q(formula="") | Q(is_kpi=True), name="only_a_kpi_is_calculated"),
            models.CheckConstraint(
                condition=Q(is_kpi=False) | (Q(slug__isnull=False) & Q(lead__isnull=False)),
                name="kpi_has_slug_and_lead",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "group", "name"], condition=Q(is_kpi=True), name="kpis_of_workspace"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def seen_by(cls, level: int, me: int, teams: Collection[int], *, prefix: str = "") -> Q:
        """Return which KPIs a reader sees beyond others' walls (M5); arguments as of `Objective.seen_by`."""
        helps = MetricContributor.objects.filter(membership_id=me).values("metric_id")
        return (
            up_to(level, prefix=prefix)
            | Q(**{f"{prefix}lead_id": me})
            | Q(**{f"{prefix}visibility": Visibility.TEAM, f"{prefix}owner_team_id__in": teams})
            | Q(**{f"{prefix}id__in": helps})
        )


class MetricContributor(models.Model):
    """Somebody who helps with a KPI: may write its values, not change it."""

    metric = models.ForeignKey(Metric, on_delete=models.CASCADE, related_name="contributions")
    membership = models.ForeignKey(Membership, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["metric", "membership"], name="contributes_to_kpi_once"),
        ]


class MetricTag(models.Model):
    """A word that a KPI is found by; as the tags of objectives, which have the same words."""

    metric = models.ForeignKey(Metric, on_delete=models.CASCADE, related_name="tag_rows")
    key = models.CharField(max_length=60)
    word = models.CharField(max_length=30)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["metric", "key"], name="kpi_tag_once"),
        ]
        indexes: ClassVar = [models.Index(fields=["key", "metric"], name="kpis_by_tag")]
