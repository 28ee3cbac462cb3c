"""A measured quantity."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from milepost.core.calendar import Frequency
from milepost.core.series import Aggregation
from milepost.core.target import Direction
from milepost.workspace.models import Membership, Team, Workspace


def _choices(enum: type[Frequency] | type[Aggregation] | type[Direction]) -> list[tuple[str, str]]:
    return [(member.value, member.value) for member in enum]


class Metric(models.Model):
    """A KPI (kept against a target without end, rule K1) or the own measure of a key result."""

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
    archived_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)  # counts its changes, for ETag and If-Match

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "slug"], name="kpi_slug_once"),
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
