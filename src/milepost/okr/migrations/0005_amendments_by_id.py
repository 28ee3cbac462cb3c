"""Amendments name no people any more: a lead or owner is the id of a membership (ADR 0006)."""

from collections import defaultdict

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def ids_for_names(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    ids: dict[int, dict[str, str]] = defaultdict(dict)
    people = apps.get_model("workspace", "Membership").objects.order_by("id")
    for workspace_id, name, pk in people.values_list("workspace_id", "user__name", "id"):
        ids[workspace_id][name] = str(pk)
    lift = apps.get_model("workspace", "AppendOnlyLift").objects.create(reason="amendments name no people")
    rows = apps.get_model("okr", "Amendment").objects.filter(field__in=["lead", "owner_person"])
    for row in rows.order_by("id").iterator(chunk_size=1000):
        known = ids[row.workspace_id]
        row.old, row.new = known.get(row.old, ""), known.get(row.new, "")
        row.save(update_fields=["old", "new"])
    lift.delete()


class Migration(migrations.Migration):
    dependencies = [("okr", "0004_programs"), ("workspace", "0005_audit_chain")]
    operations = [migrations.RunPython(ids_for_names, migrations.RunPython.noop)]
