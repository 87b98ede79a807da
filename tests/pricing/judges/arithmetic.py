"""Rounding and sharing as docs/domain/pricing.md says them, written apart from the product's own."""

from __future__ import annotations

from collections.abc import Sequence


def rounded(numerator: int, denominator: int) -> int:
    """Half up, of what is not negative."""
    assert numerator >= 0 < denominator
    whole, rest = divmod(numerator, denominator)
    return whole + (1 if 2 * rest >= denominator else 0)


def rate_of(amount: int, rate_bp: int) -> int:
    return rounded(amount * rate_bp, 10_000)


def shares(total: int, weights: Sequence[int]) -> list[int]:
    """Largest remainder; of equal remainders the earlier weight gets the fen. No share where all weights are 0."""
    whole = sum(weights)
    if whole == 0:
        return [0] * len(weights)
    parts = [total * weight // whole for weight in weights]
    missing = total - sum(parts)
    if missing:
        rests = [total * weight % whole for weight in weights]
        for place in sorted(range(len(weights)), key=lambda place: -rests[place])[:missing]:
            parts[place] += 1
    return parts
