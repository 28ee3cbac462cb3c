"""What the selects of forms offer."""

from milepost.metrics.queries import list_kpis
from milepost.okr.queries import list_cycles, list_parents
from milepost.workspace.queries import Place, list_people, list_teams

Choices = list[tuple[str, str]]
INDENT = "\u2003"


def people(place: Place) -> Choices:
    return [(str(p.id), p.name) for p in list_people(place.actor)]


def teams(place: Place) -> Choices:
    return [(str(t.id), INDENT * t.depth + t.name) for t in list_teams(place.actor)]


def kpi_choices(place: Place) -> dict[str, Choices]:
    return {"lead": people(place), "team": [("", "Company"), *teams(place)]}


def objective_choices(place: Place, *, but: int | None = None) -> dict[str, Choices]:
    """Return owners, leads, cycles, parents and KPIs of an objective's form."""
    persons = people(place)
    return {
        "lead": persons,
        "contributors": persons,
        "owner": [
            ("", "Company"),
            *((f"team-{pk}", name) for pk, name in teams(place)),
            *((f"person-{pk}", name) for pk, name in persons),
        ],
        "cycle": [(str(c.id), c.name) for c in list_cycles(place.actor, today=place.today)],
        "parent": [
            ("", "nothing, it is a top objective"),
            *((str(pk), title) for pk, title in list_parents(place.actor, but=but)),
        ],
        "kpi": [("", "by hand"), *list_kpis(place.actor)],
    }
