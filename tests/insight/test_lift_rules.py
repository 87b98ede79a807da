"""The comparison of two groups, held against one that is reckoned member by member in fractions (CPN-06)."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.insight.model.lift import Estimate, Group, Lift
from huixiang.insight.rules.lift import compared, sums

pytestmark = pytest.mark.requirement("CPN-06")
Z = Fraction("1.959964")
Spent = list[tuple[int, int]]  # fen, and how many members paid so much


def group(spent: Spent) -> Group:
    return Group(
        members=sum(count for _, count in spent),
        buyers=sum(count for fen, count in spent if fen),
        sales_fen=sum(fen * count for fen, count in spent),
        squares=sum(fen * fen * count for fen, count in spent),
    )


def mean_and_error(spent: Spent) -> tuple[Fraction, Fraction]:
    """By definition: the mean, and the variance of it."""
    n = sum(count for _, count in spent)
    mean = Fraction(sum(fen * count for fen, count in spent), n)
    squares = sum((count * (fen - mean) ** 2 for fen, count in spent), Fraction(0))
    return mean, squares / (n - 1) / n


def holds(said: Estimate, amount: Fraction, width_squared: Fraction) -> None:
    """The interval is the smallest of whole fen that has the true one in it."""
    assert abs(said.fen - amount) <= Fraction(1, 2)
    for bound, inward in ((said.low_fen, 1), (said.high_fen, -1)):
        away = (amount - bound) * inward
        assert away >= 0
        assert away**2 >= width_squared
        nearer = away - 1
        assert nearer < 0 or nearer**2 < width_squared


SPENT = st.lists(st.tuples(st.integers(0, 10**7), st.integers(1, 400)), min_size=1, max_size=5)
ENOUGH = SPENT.filter(lambda spent: group(spent).members >= 100 and group(spent).buyers >= 10)


@given(issued=ENOUGH, withheld=ENOUGH)
def test_the_comparison_is_that_of_fractions(issued: Spent, withheld: Spent) -> None:
    found = compared(group(issued), group(withheld))
    (mean, error), (other, other_error) = mean_and_error(issued), mean_and_error(withheld)
    more, width_squared = mean - other, Z**2 * (error + other_error)
    assert found.per_member is not None
    assert found.in_all is not None
    holds(found.per_member, more, width_squared)
    members = group(issued).members
    holds(found.in_all, more * members, width_squared * members**2)
    told = "unclear" if more**2 <= width_squared else "more" if more > 0 else "less"
    assert found.verdict == told


@given(spent=ENOUGH)
def test_equal_groups_are_never_told_apart(spent: Spent) -> None:
    found = compared(group(spent), group(spent))
    assert (found.verdict, found.per_member.fen if found.per_member else None) == ("unclear", 0)


@pytest.mark.parametrize(
    ("spent", "enough"),
    [([(500, 10), (0, 90)], True), ([(500, 10), (0, 89)], False), ([(500, 9), (0, 991)], False), ([], False)],
)
def test_with_too_few_members_or_buyers_nothing_is_told(spent: Spent, *, enough: bool) -> None:
    plenty = group([(500, 400), (0, 600)])
    for found in (compared(group(spent), plenty), compared(plenty, group(spent))):
        assert (found.verdict != "too_few") == enough
        assert enough or found == Lift("too_few", None, None)


def test_a_coupon_that_does_nothing_is_rarely_said_to_do_something() -> None:
    """Of 400 comparisons of members who buy alike, two in five and for very different amounts, 5 % mislead."""
    draw = random.Random(6)

    def bought(members: int) -> Spent:
        return [
            (draw.randint(1_000, 4_000) * draw.randint(1, 6) if draw.random() < 0.4 else 0, 1) for _ in range(members)
        ]

    said = [compared(group(bought(300)), group(bought(120))).verdict for _ in range(400)]
    assert 365 <= said.count("unclear") <= 392


def test_the_mean_is_half_up_and_none_of_nobody() -> None:
    assert sums(group([(3, 1), (0, 1)])).mean_fen == 2
    assert sums(group([])).mean_fen is None
