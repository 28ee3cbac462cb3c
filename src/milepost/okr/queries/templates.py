"""Examples to begin with: ours, and a workspace's own."""

from collections.abc import Collection
from dataclasses import dataclass

from milepost.metrics.library import KpiExample, kpi_examples
from milepost.okr.library import DEPARTMENTS as DEPARTMENTS  # noqa: PLC0414 - edges offer what can be asked for
from milepost.okr.library import INDUSTRIES as INDUSTRIES  # noqa: PLC0414 - as above
from milepost.okr.library import ObjectiveExample, objective_examples
from milepost.okr.models import Template, TemplateKind
from milepost.okr.permissions import can_edit_template
from milepost.workspace.errors import NotFound
from milepost.workspace.permissions import Actor


@dataclass(frozen=True, slots=True)
class TemplateKeyResult:
    """A key result of a template; numbers in `unit`, None where it keeps none. `source`: where values come from."""

    title: str
    kind: str = "reach"
    unit: str = ""
    start: float | None = None
    target: float | None = None
    rises: bool | None = None
    source: str = ""
    steps: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """An example of ours (`slug`) or a template of the workspace (`id`); of a KPI the second half, else the first.

    `target` says in words what a target of it typically is.
    """

    kind: str  # objective, kpi
    name: str
    title: str
    why: str
    id: int | None = None
    slug: str = ""
    department: str = ""
    industries: tuple[str, ...] = ()
    by: str = ""
    can_edit: bool = False
    ambition: str = "committed"
    key_results: tuple[TemplateKeyResult, ...] = ()
    unit: str = ""
    direction: str = ""
    frequency: str = ""
    aggregation: str = ""
    target: str = ""


def list_templates(
    actor: Actor, *, kind: str = "", q: str = "", department: str = "", industry: str = ""
) -> tuple[TemplateRow, ...]:
    """Return the workspace's own templates by name, then our examples by department; one query.

    Args:
        kind: objective or kpi, "" for both.
        q: words that all have to stand somewhere in it.
        department, industry: of our examples; the workspace's own have none and are then left out. What is
            for every industry is shown for each.
    """
    rows = [*(() if department or industry else _own(actor)), *_ours()]
    words = q.lower().split()
    return tuple(
        row
        for row in rows
        if kind in {"", row.kind}
        and department in {"", row.department}
        and (not industry or {industry, "general"} & set(row.industries))
        and all(word in _text(row) for word in words)
    )


def find_template(actor: Actor, *, kind: str, slug: str = "", template_id: int | None = None) -> TemplateRow:
    """Return one example by its slug, or a template of the workspace by its id.

    Raises:
        NotFound: there is none.
    """
    rows: Collection[TemplateRow] = _ours() if slug else _own(actor)
    for row in rows:
        if row.kind == kind and (row.slug == slug if slug else row.id == template_id):
            return row
    raise NotFound


def get_template(actor: Actor, template_id: int) -> Template:
    """Return a template of the actor's workspace.

    Raises:
        NotFound: there is none with this id, or it belongs to another workspace.
    """
    found = Template.objects.filter(workspace_id=actor.workspace_id, pk=template_id).first()
    if found is None:
        raise NotFound
    return found


def _own(actor: Actor) -> list[TemplateRow]:
    rows = Template.objects.filter(workspace_id=actor.workspace_id).select_related("author__user")
    return [_row(one, actor) for one in rows.order_by("name", "id")]


def _row(one: Template, actor: Actor) -> TemplateRow:
    body = one.body
    shape = {name: body.get(name, "") for name in ("unit", "direction", "frequency", "aggregation")}
    return TemplateRow(
        kind=one.kind,
        name=one.name,
        title=body["title"],
        why=body["why"],
        id=one.pk,
        by=one.author.user.name if one.author else "",
        can_edit=can_edit_template.test(actor, one),
        ambition=body.get("ambition", "committed"),
        key_results=tuple(
            TemplateKeyResult(
                title=k["title"], kind=k["kind"], unit=k["unit"], rises=k["rises"], steps=tuple(k["steps"])
            )
            for k in body.get("key_results", [])
        ),
        **shape,
    )


def _ours() -> list[TemplateRow]:
    return [*map(_objective, objective_examples()), *map(_kpi, kpi_examples())]


def _objective(one: ObjectiveExample) -> TemplateRow:
    return TemplateRow(
        kind=TemplateKind.OBJECTIVE.value,
        name=one.title,
        title=one.title,
        why=one.why,
        slug=one.slug,
        department=one.department,
        industries=one.industries,
        key_results=tuple(
            TemplateKeyResult(
                title=k.title, unit=k.unit, start=k.start, target=k.target, rises=k.target > k.start, source=k.source
            )
            for k in one.key_results
        ),
    )


def _kpi(one: KpiExample) -> TemplateRow:
    return TemplateRow(
        kind=TemplateKind.KPI.value,
        name=one.name,
        title=one.name,
        why=one.why,
        slug=one.slug,
        department=one.department,
        industries=one.industries,
        unit=one.unit,
        direction=one.direction,
        frequency=one.frequency,
        aggregation=one.aggregation,
        target=one.target,
    )


def _text(row: TemplateRow) -> str:
    parts = [
        row.name,
        row.title,
        row.why,
        row.department,
        *row.industries,
        *(f"{k.title} {k.source}" for k in row.key_results),
    ]
    return " ".join(parts).lower()
