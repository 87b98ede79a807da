from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.intake.model import Difference, Figures
from huixiang.intake.rules import differences, week_shift, whole_owners

LAST_DAY = date(2017, 12, 31)  # a Sunday


@pytest.mark.parametrize(
    ("today", "last_day_moved"),
    [
        (date(2025, 11, 17), date(2025, 11, 16)),  # a Monday: the week before ended yesterday
        (date(2025, 11, 21), date(2025, 11, 16)),
        (date(2025, 11, 23), date(2025, 11, 16)),  # a Sunday: its own week is not over
        (date(2025, 11, 24), date(2025, 11, 23)),
    ],
)
def test_the_last_day_moves_into_the_last_full_week(today: date, last_day_moved: date) -> None:
    assert LAST_DAY + timedelta(weeks=week_shift(LAST_DAY, today)) == last_day_moved


@given(last_day=st.dates(date(1990, 1, 1), date(2090, 1, 1)), today=st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_a_moved_day_keeps_its_weekday_and_lies_in_the_week_before(last_day: date, today: date) -> None:
    moved = last_day + timedelta(weeks=week_shift(last_day, today))
    assert moved.weekday() == last_day.weekday()
    assert moved.isocalendar()[:2] == (today - timedelta(weeks=1)).isocalendar()[:2]


@given(sizes=st.lists(st.integers(1, 50)), target=st.integers(1, 120))
def test_groups_of_owners_cover_all_once_and_are_as_small_as_reach_the_target(sizes: list[int], target: int) -> None:
    groups = list(whole_owners(sizes, target))
    assert [owner for group in groups for owner in group] == list(range(len(sizes)))
    for group in groups[:-1]:
        held = [sizes[owner] for owner in group]
        assert sum(held) >= target > sum(held[:-1])


def figures(**changed: int) -> Figures:
    return Figures(**dict.fromkeys(Figures.__struct_fields__, 7) | changed)


def test_every_figure_that_differs_is_named() -> None:
    assert differences(figures(), figures()) == []
    for name in Figures.__struct_fields__:
        assert differences(figures(), figures(**{name: 8})) == [Difference(figure=name, source=7, loaded=8)]
