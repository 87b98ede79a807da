"""Splitting an amount over parts in proportion to what they are, by largest remainder."""

from __future__ import annotations

from collections.abc import Sequence


def share(total: int, weights: Sequence[int]) -> list[int]:
    """Parts of `total`, one per weight, that sum to it; ties go to the earlier. `kernel.allocation.allocate` for
    weights that stand in the order of their keys, which is how the engine keeps everything. The weights' sum must be
    above 0 and no weight below."""
    if len(weights) == 1:
        return [total]
    whole = sum(weights)
    products = [total * weight for weight in weights]
    parts = [product // whole for product in products]
    rest = total - sum(parts)
    if rest:
        remainders = [product % whole for product in products]
        for place in sorted(range(len(parts)), key=remainders.__getitem__, reverse=True)[:rest]:
            parts[place] += 1
    return parts
