"""What is worth a thought in a cycle as a whole: how much a team takes on, and who carries it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from milepost.core.guidance.facts import CycleFacts, OwnerFacts, OwnerKind
from milepost.core.guidance.goals import MOST, lint_objective
from milepost.core.guidance.rules import About, Remark, in_order, remark
from milepost.core.numbers import mean

SOFT, HARD = 3, 5  # objectives of a team: what is shown as enough, and what is remarked on
MUCH = 6  # key results; who leads fewer is never said to carry too much
TIMES = 2.0  # as many as the others on average
OTHERS = 2  # so many others are needed for an average


@dataclass(frozen=True, slots=True)
class Limit:
    """How many there are of how many that are enough, for pips: filled ones, empty ones, surplus ones."""

    count: int
    enough: int

    @property
    def filled(self) -> range:
        """Return a range as long as what fits.

        Source: guidance, too-many-objectives.
        """
        return range(min(self.count, self.enough))

    @property
    def empty(self) -> range:
        """Return a range as long as what is left.

        Source: guidance, too-many-objectives.
        """
        return range(max(0, self.enough - self.count))

    @property
    def surplus(self) -> range:
        """Return a range as long as what is too much.

        Source: guidance, too-many-objectives.
        """
        return range(max(0, self.count - self.enough))


def owner_limit(count: int) -> Limit:
    """Return how the objectives of a team stand against the three that are enough for most.

    Source: guidance, too-many-objectives.
    """
    return Limit(count, SOFT)


def key_result_limit(count: int) -> Limit:
    """Return how the key results of an objective stand against the five that are the most to keep in mind.

    Source: guidance, too-many.
    """
    return Limit(count, MOST)


def lint_cycle(facts: CycleFacts, *, today: date | None = None) -> tuple[Remark, ...]:
    """Return the remarks on a cycle: on each objective, on each team, on people; the order of objectives is no matter.

    Source: guidance, the rules of goals.
    """
    found = [r for objective in facts.objectives for r in lint_objective(objective, today=today)]
    return in_order([*found, *_owners(facts), *_load(facts)])


def too_many(owner: OwnerFacts, count: int) -> Remark | None:
    """Return the remark on a team or company with more than five objectives, None if it has fewer.

    Source: guidance, too-many-objectives.
    """
    if owner.kind == OwnerKind.PERSON or count <= HARD:
        return None
    about = About("team", "" if owner.id is None else str(owner.id), owner.name)
    return remark("too-many-objectives", about, "owner", f"{owner.name} has {count} objectives in this cycle.")


def _owners(facts: CycleFacts) -> Iterator[Remark]:
    for owner, count in Counter(o.owner for o in facts.objectives).items():
        found = too_many(owner, count)
        if found is not None:
            yield found


def _load(facts: CycleFacts) -> Iterator[Remark]:
    leads = [(k.lead, k.lead_name) for o in facts.objectives for k in o.key_results if k.lead is not None]
    names = dict(sorted(leads))
    counts = Counter(lead for lead, _ in leads)
    for lead, count in counts.items():
        others = mean([float(n) for who, n in counts.items() if who != lead])
        if len(counts) > OTHERS and others is not None and count >= MUCH and count >= TIMES * others:
            about = About("person", str(lead), names[lead])
            says = f"{names[lead]} leads {count} key results, the others {round(others)} on average."
            yield remark("load", about, "lead", says)
