"""What depends on what: an order without circles, or the circle named."""

from collections.abc import Collection, Hashable, Mapping
from typing import TypeVar

from milepost.core.numbers import LONGEST

Key = TypeVar("Key", bound=Hashable)
MOST_NAMED = 12


class Circle(ValueError):
    """Something depends on itself; `path` begins and ends with it."""

    def __init__(self, path: Collection[object], *, fix: str) -> None:
        self.path = tuple(path)
        names = [f"“{str(name)[:LONGEST]}”" for name in self.path]
        if len(names) > MOST_NAMED:
            names = [*names[: MOST_NAMED - 2], "…", *names[-1:]]
        super().__init__(f"This would make a circle: {' → '.join(names)}. {fix}")


def find_circle(below: Mapping[Key, Collection[Key]]) -> tuple[Key, ...] | None:
    """Return a circle as a path that begins and ends with the same one, None if there is none.

    Args:
        below: for each one those it depends on; who is no key depends on nothing.

    Source: rules R3, K7.
    """
    return _visit(below)[1]


def in_order(below: Mapping[Key, Collection[Key]]) -> list[Key]:
    """Return everything once, each after all it depends on.

    Args:
        below: for each one those it depends on; who is no key depends on nothing.

    Raises:
        Circle: with its path.

    Source: rules R3, K7.
    """
    order, circle = _visit(below)
    if circle is not None:
        raise Circle(circle, fix="Take one of them out.")
    return order


def _visit(below: Mapping[Key, Collection[Key]]) -> tuple[list[Key], tuple[Key, ...] | None]:
    """Walk down from everything, without recursion: a chain may be longer than the stack."""
    order: list[Key] = []
    done: set[Key] = set()
    for top in below:
        if top in done:
            continue
        path: dict[Key, None] = {top: None}  # in order of going down
        waiting = [(top, iter(below[top]))]
        while waiting:
            key, rest = waiting[-1]
            child = next((one for one in rest if one not in done), None)
            if child is None:
                waiting.pop()
                del path[key]
                done.add(key)
                order.append(key)
            elif child in path:
                way = list(path)
                return order, (*way[way.index(child) :], child)
            else:
                path[child] = None
                waiting.append((child, iter(below.get(child, ()))))
    return order, None
