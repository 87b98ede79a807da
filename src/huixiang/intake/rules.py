"""How data that others kept are read in, decided: by how far it is moved in time, and whether both sides agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from huixiang.intake.model import Difference, Figures

WEEK = timedelta(weeks=1)


def week_shift(last_day: date, today: date) -> int:
    """By how many whole weeks data are moved so that their last day falls in the last full week before `today`.

    Weeks run from Monday to Sunday; the week of `today` itself is not over, whatever its day. Negative for data from
    a later time than that.
    """
    this_monday = today - timedelta(days=today.weekday())
    last_monday = last_day - timedelta(days=last_day.weekday())
    return (this_monday - last_monday) // WEEK - 1


def is_more(members: int | None, than: int | None) -> bool:
    """Whether a number of members is above another; None stands for all there are."""
    return than is not None and (members is None or members > than)


def whole_owners(sizes: Iterable[int], target: int) -> Iterator[range]:
    """Cuts a row of owners into neighbouring groups, each as small as holds at least `target` of what `sizes` counts.

    An owner is never in two groups, so two groups can be posted at once without waiting for each other. The last group
    may be smaller.
    """
    first = held = 0
    after = 0
    for after, size in enumerate(sizes, start=1):
        held += size
        if held >= target:
            yield range(first, after)
            first, held = after, 0
    if first < after:
        yield range(first, after)


def differences(source: Figures, loaded: Figures) -> list[Difference]:
    """Every figure that is not the same on both sides, in the order of the report."""
    return [
        Difference(figure=name, source=getattr(source, name), loaded=getattr(loaded, name))
        for name in Figures.__struct_fields__
        if getattr(source, name) != getattr(loaded, name)
    ]
