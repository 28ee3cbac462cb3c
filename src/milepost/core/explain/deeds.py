"""What could happen to a key result, one step after the other, each with what it would then have come to."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from milepost.core.calendar import Frequency
from milepost.core.explain.key_result import NamedStep, met_by, missed_by
from milepost.core.explain.text import counted
from milepost.core.parts import tasks_progress
from milepost.core.progress import maintain_score, milestone_progress

MOST = 26  # steps ahead that are looked at


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that could happen, in words, and the progress 0..1 that it would bring."""

    text: str
    progress: float


def task_deeds(*, done: int, total: int, cancelled: int = 0) -> tuple[Deed, ...]:
    """Return one more task done, two more, and so on.

    Source: rule P6.
    """
    found = []
    for more in range(1, min(MOST, total - cancelled - done) + 1):
        share = tasks_progress(done=done + more, total=total, cancelled=cancelled)
        if share is not None:
            found.append(Deed(f"{counted(more, 'more task')} done", share))
    return tuple(found)


def step_deeds(steps: Sequence[NamedStep]) -> tuple[Deed, ...]:
    """Return the next step of a milestone done, the next two, and so on, in their order.

    Source: rule P5.
    """
    left = [i for i, named in enumerate(steps) if named.step.done < 1][:MOST]
    found = []
    for count in range(1, len(left) + 1):
        then = [replace(s.step, done=1.0) if i in left[:count] else s.step for i, s in enumerate(steps)]
        share = milestone_progress(then)
        title = steps[left[0]].title
        text = f"“{title}” done" if count == 1 and title else f"the next {counted(count, 'step')} done"
        if share is not None:
            found.append(Deed(text, share))
    return tuple(found)


def period_deeds(
    values: Sequence[float],
    *,
    low: float | None,
    high: float | None,
    tolerance: float,
    frequency: Frequency,
    at_close: bool = False,
) -> tuple[Deed, ...]:
    """Return the next period of a level to keep met, the next two, and so on; and the same of periods missed.

    Args:
        values: of the closed periods that count, oldest first.

    Source: rules P2, P3.
    """
    found = []
    for word, value in (("met", met_by(low, high)), ("missed", missed_by(low, high, tolerance))):
        for count in range(1, MOST + 1):
            share = maintain_score(
                [*values, *[value] * count], low=low, high=high, tolerance=tolerance, at_close=at_close
            )
            noun = f"the next {frequency.value}" if count == 1 else f"the next {count} {frequency.value}s"
            if share is not None:
                found.append(Deed(f"{noun} {word}", share))
    return tuple(found)
