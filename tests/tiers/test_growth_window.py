"""The rolling window of growth against a sum over everything (TIER-01, TIER-02)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.tiers.rules import GrowthWindow

FIRST = date(2025, 11, 1)
days = st.integers(0, 900).map(lambda number: FIRST + timedelta(days=number))
growth = st.integers(-1000, 1000)


@pytest.mark.requirement("TIER-02")
@given(
    known=st.dictionaries(days, growth, max_size=20),
    steps=st.lists(st.tuples(days, growth, days), max_size=30),
    window_days=st.sampled_from([1, 30, 365]),
)
def test_the_moving_sum_is_the_sum_of_the_window(
    known: dict[date, int], steps: list[tuple[date, int, date]], window_days: int
) -> None:
    window = GrowthWindow(known, window_days)
    everything = list(known.items())
    for day, amount, asked in steps:
        window.add(day, amount)
        everything.append((day, amount))
        earliest = asked - timedelta(days=window_days - 1)
        assert window.total(asked) == sum(fen for on, fen in everything if earliest <= on <= asked)


@pytest.mark.requirement("TIER-01")
def test_growth_of_the_first_day_counts_on_the_last_day_of_its_window_and_no_longer() -> None:
    window = GrowthWindow({FIRST: 5}, 365)
    assert window.total(FIRST + timedelta(days=364)) == 5
    assert window.total(FIRST + timedelta(days=365)) == 0
