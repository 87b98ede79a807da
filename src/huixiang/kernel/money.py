"""Amounts: fen of money, points, and rates in basis points, all integers.

Struct fields use the annotated types below, so that a decoder refuses 10^30 or a fraction before any rule sees it.
The bound leaves room for sums of millions of amounts inside a 64-bit integer.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

AMOUNT_MAX = 10**12

Fen = Annotated[int, Meta(ge=-AMOUNT_MAX, le=AMOUNT_MAX, description="Money in fen (0.01 yuan).")]
FenNonNegative = Annotated[int, Meta(ge=0, le=AMOUNT_MAX, description="Money in fen (0.01 yuan), not negative.")]
FenPositive = Annotated[int, Meta(gt=0, le=AMOUNT_MAX, description="Money in fen (0.01 yuan), above zero.")]
Points = Annotated[int, Meta(ge=-AMOUNT_MAX, le=AMOUNT_MAX, description="Points.")]
PointsNonNegative = Annotated[int, Meta(ge=0, le=AMOUNT_MAX, description="Points, not negative.")]
BasisPoints = Annotated[int, Meta(ge=0, le=1_000_000, description="A rate in basis points: 10000 is 100 %.")]

RATE_ONE = 10_000


def half_up(numerator: int, denominator: int) -> int:
    """The integer nearest to numerator / denominator; halves go away from zero. `denominator` must be positive."""
    if denominator <= 0:
        raise ValueError(f"denominator must be positive, got {denominator}")
    rounded = (2 * abs(numerator) + denominator) // (2 * denominator)
    return rounded if numerator >= 0 else -rounded


def at_rate(amount: int, rate_bp: int) -> int:
    """`amount` times a rate in basis points, rounded half up once."""
    return half_up(amount * rate_bp, RATE_ONE)


def format_yuan(fen: int) -> str:
    """`1230` as `12.30`; for messages. Pages format numbers for their own locale."""
    sign = "-" if fen < 0 else ""
    yuan, rest = divmod(abs(fen), 100)
    return f"{sign}{yuan}.{rest:02d}"
