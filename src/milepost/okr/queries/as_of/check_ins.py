"""Check-ins that stood at a moment: written before, and not replaced or deleted before."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from django.db.models import Exists, Max, OuterRef, QuerySet

from milepost.okr.models import CheckIn
from milepost.prepared import prepared


def judgements_now(key_result_ids: Collection[int]) -> dict[int, tuple[Any, ...]]:
    """Return the judgement that counts of each key result as score, reason and day; one query, none for none."""
    ahead = datetime(9000, 1, 1, tzinfo=UTC)
    return {pk: tuple(said) for pk, *said in judgements_then(key_result_ids, ahead, ahead)}


def in_force(rows: QuerySet[CheckIn], until: datetime, replaced: datetime) -> QuerySet[CheckIn]:
    """Those that stood at a moment: written before, and not replaced or deleted before.

    Asked as what is not there: an outer join to the few that replace makes SQLite index all of them anew.
    """
    newer = CheckIn.objects.filter(replaces=OuterRef("pk"), at__lt=replaced)
    return rows.filter(~Exists(newer), at__lt=until, withdrawn=False)


@prepared
def check_in_facts(ids: Collection[int]) -> QuerySet[CheckIn, tuple[Any, ...]]:
    """Return the part of check-ins that a score row shows, by their ids."""
    return CheckIn.objects.filter(pk__in=ids).values_list("id", "valid_on", "confidence", "own_word")


@prepared
def judgements_then(ids: Collection[int], until: datetime, replaced: datetime) -> QuerySet[CheckIn, tuple[Any, ...]]:
    """Every judgement in force, the one that counts last."""
    rows = in_force(CheckIn.objects.filter(key_result_id__in=ids, judged__isnull=False), until, replaced)
    return rows.order_by("key_result_id", "valid_on", "id").values_list("key_result_id", "judged", "note", "valid_on")


@prepared
def last_said(ids: Collection[int], until: datetime, replaced: datetime) -> QuerySet[CheckIn, tuple[Any, ...]]:
    """Return when each key result last said something new."""
    rows = in_force(CheckIn.objects.filter(key_result_id__in=ids, nothing_changed=False), until, replaced)
    return rows.order_by().values("key_result_id").annotate(last=Max("at")).values_list("key_result_id", "last")
