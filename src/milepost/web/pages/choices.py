"""What the selects of forms offer."""

from collections.abc import Collection

from milepost.metrics.queries import list_kpis
from milepost.okr.queries import list_cycles, list_parents
from milepost.workspace.queries import Place, list_people, list_pillars, list_teams

Choices = list[tuple[str, str]]
INDENT = "\u2003"


def people(place: Place) -> Choices:
    return [(str(p.id), p.name) for p in list_people(place.actor)]


def teams(place: Place, *, there: Collection[int | None] = ()) -> Choices:
    """Return the teams that go on, and of those that have ended the ones that stand there."""
    return [
        (str(t.id), INDENT * t.depth + t.name + (" (ended)" if has_ended else ""))
        for t in list_teams(place.actor)
        if not (has_ended := t.ends_on is not None and t.ends_on < place.today) or t.id in there
    ]


def all_teams(place: Place) -> Choices:
    """Return every team, to hang another one below."""
    return [(str(t.id), INDENT * t.depth + t.name) for t in list_teams(place.actor)]


def pillars(place: Place, *, there: tuple[int, str] | None = None) -> Choices:
    """Return the pillars in use, with none before them; the one that stands there stays, archived or not."""
    found = [(str(p["id"]), p["name"]) for p in list_pillars(place.actor)]
    if there is not None and str(there[0]) not in dict(found):
        found.append((str(there[0]), f"{there[1]} (archived)"))
    return [("", "none of its own"), *found]


def kpi_choices(place: Place, *, pillar: tuple[int, str] | None = None, team: int | None = None) -> dict[str, Choices]:
    return {
        "lead": people(place),
        "team": [("", "Company"), *teams(place, there=[team])],
        "pillar": pillars(place, there=pillar),
    }


def objective_choices(
    place: Place,
    *,
    but: int | None = None,
    pillar: tuple[int, str] | None = None,
    there: Collection[int | None] = (),
) -> dict[str, Choices]:
    """Return owners, leads, cycles, parents, pillars and KPIs of an objective's form."""
    persons = people(place)
    offered = teams(place, there=there)
    return {
        "lead": persons,
        "contributors": persons,
        "sharing_teams": [(pk, name) for pk, name in offered],
        "owner": [
            ("", "Company"),
            *((f"team-{pk}", name) for pk, name in offered),
            *((f"person-{pk}", name) for pk, name in persons),
        ],
        "cycle": [(str(c.id), c.name) for c in list_cycles(place.actor, today=place.today)],
        "parent": [
            ("", "nothing, it is a top objective"),
            *((str(pk), title) for pk, title in list_parents(place.actor, but=but)),
        ],
        "pillar": pillars(place, there=pillar),
        "kpi": [("", "by hand"), *list_kpis(place.actor)],
    }
