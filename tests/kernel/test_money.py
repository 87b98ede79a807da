"""Rounding once, half up, in integers."""

from __future__ import annotations

from fractions import Fraction
from math import floor

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.kernel.money import (
    AMOUNT_MAX,
    BasisPoints,
    Fen,
    FenNonNegative,
    FenPositive,
    Points,
    PointsNonNegative,
    at_rate,
    format_yuan,
    half_up,
)

AMOUNTS = st.integers(-AMOUNT_MAX, AMOUNT_MAX)


def nearest(exact: Fraction) -> int:
    """The nearest integer, halves away from zero: on fractions, so that nothing is shared with the code."""
    magnitude = floor(abs(exact) + Fraction(1, 2))
    return magnitude if exact >= 0 else -magnitude


@pytest.mark.requirement("INV-1")
@given(AMOUNTS, st.integers(1, AMOUNT_MAX))
def test_half_up_is_the_nearest_integer(numerator: int, denominator: int) -> None:
    assert half_up(numerator, denominator) == nearest(Fraction(numerator, denominator))


@given(st.integers(-10_000, 10_000), st.integers(1, 40))
def test_half_up_at_small_denominators_where_halves_are_common(numerator: int, denominator: int) -> None:
    assert half_up(numerator, denominator) == nearest(Fraction(numerator, denominator))


@pytest.mark.parametrize(
    ("numerator", "denominator", "rounded"),
    [
        (1, 2, 1),
        (-1, 2, -1),
        (3, 2, 2),
        (5, 2, 3),
        (-5, 2, -3),
        (1, 3, 0),
        (2, 3, 1),
        (0, 7, 0),
        (14, 7, 2),
        (49, 100, 0),
    ],
)
def test_half_up_by_example(numerator: int, denominator: int, rounded: int) -> None:
    assert half_up(numerator, denominator) == rounded


@pytest.mark.parametrize("denominator", [0, -1])
def test_half_up_needs_a_positive_denominator(denominator: int) -> None:
    with pytest.raises(ValueError, match="denominator must be positive"):
        half_up(1, denominator)


@pytest.mark.requirement("INV-1")
@given(AMOUNTS, st.integers(0, 1_000_000))
def test_a_rate_is_applied_exactly_and_rounded_once(amount: int, rate_bp: int) -> None:
    assert at_rate(amount, rate_bp) == nearest(Fraction(amount) * Fraction(rate_bp, 10_000))


def test_a_rate_by_example() -> None:
    assert at_rate(1_999, 9_800) == 1_959  # 2 % off 19.99 yuan is 19.5902
    assert at_rate(5, 5_000) == 3  # half of 5 fen is 2.5
    assert at_rate(12_345, 10_000) == 12_345


@given(AMOUNTS)
def test_yuan_are_shown_to_the_fen(fen: int) -> None:
    shown = format_yuan(fen)
    assert Fraction(shown) == Fraction(fen, 100)
    assert len(shown.partition(".")[2]) == 2


def test_yuan_by_example() -> None:
    assert [format_yuan(fen) for fen in (1230, 5, 0, -5, -12_345)] == ["12.30", "0.05", "0.00", "-0.05", "-123.45"]


@pytest.mark.parametrize(
    ("annotated", "lowest", "highest"),
    [
        (Fen, -AMOUNT_MAX, AMOUNT_MAX),
        (FenNonNegative, 0, AMOUNT_MAX),
        (FenPositive, 1, AMOUNT_MAX),
        (Points, -AMOUNT_MAX, AMOUNT_MAX),
        (PointsNonNegative, 0, AMOUNT_MAX),
        (BasisPoints, 0, 1_000_000),
    ],
    ids=["Fen", "FenNonNegative", "FenPositive", "Points", "PointsNonNegative", "BasisPoints"],
)
def test_an_amount_outside_its_bounds_or_not_whole_is_refused(annotated: object, lowest: int, highest: int) -> None:
    def decode(text: str) -> object:
        return msgspec.json.decode(text, type=annotated)

    assert decode(str(lowest)) == lowest
    assert decode(str(highest)) == highest
    for refused in (str(lowest - 1), str(highest + 1), "1" + "0" * 30, "1.5", '"1"', "true", "null"):
        with pytest.raises(msgspec.ValidationError):
            decode(refused)
