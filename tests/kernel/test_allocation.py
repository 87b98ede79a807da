"""Splitting by largest remainder: exact, fair to one unit, and the same in any order of the lines."""

from __future__ import annotations

from fractions import Fraction
from math import floor
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.kernel.allocation import allocate

Lines = list[tuple[str, int]]  # key, weight

KEYS = st.text("abcdefgh019", min_size=1, max_size=3)
WEIGHTS = st.one_of(st.integers(0, 6), st.integers(0, 10**10))  # small ones make ties
LINES = st.lists(st.tuples(KEYS, WEIGHTS), min_size=1, max_size=12, unique_by=lambda line: line[0]).filter(
    lambda lines: any(weight for _, weight in lines)
)
TOTALS = st.one_of(st.integers(-30, 30), st.integers(-(10**12), 10**12))


def split(total: int, lines: Lines) -> dict[str, int]:
    parts = allocate(total, [weight for _, weight in lines], [key for key, _ in lines])
    return dict(zip((key for key, _ in lines), parts, strict=True))


def exact_shares(total: int, lines: Lines) -> dict[str, Fraction]:
    whole = sum(weight for _, weight in lines)
    return {key: Fraction(total * weight, whole) for key, weight in lines}


def slowly(total: int, lines: Lines) -> dict[str, int]:
    """The law, unit by unit: everybody's whole units first, then one each to the largest fraction, ties by key."""
    if total < 0:
        return {key: -part for key, part in slowly(-total, lines).items()}
    shares = exact_shares(total, lines)
    parts = {key: floor(share) for key, share in shares.items()}
    waiting = {key: share - parts[key] for key, share in shares.items()}
    while sum(parts.values()) < total:
        largest = max(waiting.values())
        winner = min(key for key, fraction in waiting.items() if fraction == largest)
        parts[winner] += 1
        del waiting[winner]
    return parts


@pytest.mark.requirement("INV-1")
@given(TOTALS, LINES)
def test_parts_sum_to_the_whole(total: int, lines: Lines) -> None:
    assert sum(split(total, lines).values()) == total


@pytest.mark.requirement("INV-1")
@given(TOTALS, LINES)
def test_parts_follow_the_law(total: int, lines: Lines) -> None:
    assert split(total, lines) == slowly(total, lines)


@given(TOTALS, LINES)
def test_each_part_is_within_one_of_its_exact_share(total: int, lines: Lines) -> None:
    parts = split(total, lines)
    assert all(abs(parts[key] - share) < 1 for key, share in exact_shares(total, lines).items())


@given(TOTALS, LINES, st.randoms(use_true_random=False))
def test_the_order_of_the_lines_does_not_matter(total: int, lines: Lines, random: Random) -> None:
    shuffled = random.sample(lines, len(lines))
    assert split(total, shuffled) == split(total, lines)


@given(TOTALS, LINES, st.integers(0, 12))
def test_a_weight_of_zero_gets_nothing_and_changes_nothing(total: int, lines: Lines, place: int) -> None:
    with_zero = [*lines[:place], ("zero", 0), *lines[place:]]
    assert split(total, with_zero) == split(total, lines) | {"zero": 0}


def test_by_example() -> None:
    assert allocate(100, [1, 1, 1], ["c", "a", "b"]) == [33, 34, 33]
    assert allocate(-100, [1, 1, 1], ["c", "a", "b"]) == [-33, -34, -33]
    assert allocate(10, [5, 3, 1], ["x", "y", "z"]) == [6, 3, 1]  # 5.56, 3.33 and 1.11
    assert allocate(5, [0, 7], ["a", "b"]) == [0, 5]
    assert allocate(0, [0, 0], ["a", "b"]) == [0, 0]
    assert allocate(0, [], []) == []


@pytest.mark.parametrize(
    ("total", "weights", "keys", "why"),
    [
        (1, [1], ["a", "b"], "1 weights, but 2 keys"),
        (1, [1, -1], ["a", "b"], "must not be negative"),
        (1, [0, 0], ["a", "b"], "weights that are all 0"),
        (1, [], [], "weights that are all 0"),
    ],
)
def test_where_no_split_exists_it_raises(total: int, weights: list[int], keys: list[str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        allocate(total, weights, keys)
