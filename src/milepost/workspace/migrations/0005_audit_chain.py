"""Chains the audit trail: what stands there already is numbered and linked in the order of its ids (ADR 0006)."""

from collections import defaultdict

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from milepost.core.chain import GENESIS, fingerprint, plain

TABLE = "workspace_event"
LIFTED = "EXISTS (SELECT 1 FROM workspace_appendonlylift)"
CHAINED = (
    "workspace_id", "sequence", "at", "actor_id", "actor_kind", "verb", "kind", "object_id", "data", "previous_hash",
)  # fmt: skip
PEOPLE = ("lead", "owner_person")
MOVE_HEAD = (
    "INSERT INTO workspace_eventhead (workspace_id, sequence, hash) "
    "VALUES (NEW.workspace_id, NEW.sequence, NEW.hash) "
    "ON CONFLICT (workspace_id) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash"
)


def drop_sqlite_triggers(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """SQLite copies the table to change it, which would lose them unseen."""
    if schema_editor.connection.vendor == "sqlite":
        for event in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_no_{event}")


def add_sqlite_triggers(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "sqlite":
        for event in ("UPDATE", "DELETE"):
            schema_editor.execute(
                f"CREATE TRIGGER {TABLE}_no_{event.lower()} BEFORE {event} ON {TABLE} WHEN NOT {LIFTED} "
                f"BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
            )


def chain(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Bring old events into today's shape, without names of people, and link them."""
    Event, EventHead = apps.get_model("workspace", "Event"), apps.get_model("workspace", "EventHead")
    Lift = apps.get_model("workspace", "AppendOnlyLift")
    lift = Lift.objects.create(reason="chain the audit trail")
    ids = _ids_by_name(apps)
    heads: dict[int, tuple[int, str]] = {}
    for event in Event.objects.order_by("id").iterator(chunk_size=1000):
        sequence, previous = heads.get(event.workspace_id, (0, GENESIS))
        event.sequence, event.previous_hash = sequence + 1, previous
        event.data = plain(_shaped(event.kind, event.data, ids[event.workspace_id]))
        event.hash = fingerprint({name: getattr(event, name) for name in CHAINED})
        event.save(update_fields=["sequence", "previous_hash", "hash", "data"])
        heads[event.workspace_id] = (event.sequence, event.hash)
    EventHead.objects.bulk_create(
        EventHead(workspace_id=pk, sequence=sequence, hash=hash_) for pk, (sequence, hash_) in heads.items()
    )
    lift.delete()


def _ids_by_name(apps: Apps) -> dict[int, dict[str, int]]:
    """Return for each workspace its people by name; of two with one name the later, who is more likely meant."""
    found: dict[int, dict[str, int]] = defaultdict(dict)
    people = apps.get_model("workspace", "Membership").objects.order_by("id")
    for workspace_id, name, pk in people.values_list("workspace_id", "user__name", "id"):
        found[workspace_id][name] = pk
    return found


def _shaped(kind: str, data: dict, ids: dict[str, int]) -> dict:
    changes = dict(data.pop("changes", {}))
    for key in [k for k, v in data.items() if isinstance(v, list) and len(v) == 2 and k != "scopes"]:
        changes[key] = data.pop(key)
    changes = {key.removesuffix("_id"): pair for key, pair in changes.items()}
    if "confidence" in data:  # a check-in told what it said, not what stood there before
        changes |= {key: [None, data.pop(key)] for key in ("value", "confidence") if key in data}
    if kind == "token":
        data.pop("name", None)  # its owner's words; the token itself still has them
    for field in PEOPLE:
        if field in changes:
            changes[field] = [ids.get(one) if isinstance(one, str) else one for one in changes[field]]
    return {**data, "changes": changes} if changes else data


def add_head_trigger(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE FUNCTION milepost_event_head() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN {MOVE_HEAD}; RETURN NULL; END $$"
        )
        schema_editor.execute(
            f"CREATE TRIGGER {TABLE}_head AFTER INSERT ON {TABLE} "
            "FOR EACH ROW EXECUTE FUNCTION milepost_event_head()"
        )
    else:
        schema_editor.execute(f"CREATE TRIGGER {TABLE}_head AFTER INSERT ON {TABLE} BEGIN {MOVE_HEAD}; END")


def drop_head_trigger(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER {TABLE}_head ON {TABLE}")
        schema_editor.execute("DROP FUNCTION milepost_event_head()")
    else:
        schema_editor.execute(f"DROP TRIGGER {TABLE}_head")


class Migration(migrations.Migration):
    dependencies = [("workspace", "0004_webhooks")]
    operations = [
        migrations.CreateModel(
            name="EventHead",
            fields=[
                (
                    "workspace",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name="+",
                        serialize=False, to="workspace.workspace",
                    ),
                ),
                ("sequence", models.PositiveBigIntegerField()),
                ("hash", models.CharField(default=GENESIS, max_length=64)),
            ],
        ),
        migrations.RunPython(drop_sqlite_triggers, add_sqlite_triggers),
        migrations.AddField("event", "sequence", models.PositiveBigIntegerField(null=True)),
        migrations.AddField("event", "previous_hash", models.CharField(default="", max_length=64), preserve_default=False),
        migrations.AddField("event", "hash", models.CharField(default="", max_length=64), preserve_default=False),
        migrations.RunPython(chain, migrations.RunPython.noop),
        migrations.AlterField("event", "sequence", models.PositiveBigIntegerField()),
        migrations.RemoveIndex("event", "event_of_workspace"),
        migrations.AddConstraint(
            "event", models.UniqueConstraint(fields=("workspace", "sequence"), name="event_numbers_once")
        ),
        migrations.AddConstraint(
            "event", models.UniqueConstraint(fields=("workspace", "previous_hash"), name="event_chain_never_forks")
        ),
        migrations.RunPython(add_sqlite_triggers, drop_sqlite_triggers),
        migrations.RunPython(add_head_trigger, drop_head_trigger),
    ]  # fmt: skip
