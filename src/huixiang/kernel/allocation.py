"""Splitting an amount into parts that sum to the whole."""

from __future__ import annotations

from collections.abc import Sequence


def allocate(total: int, weights: Sequence[int], keys: Sequence[str]) -> list[int]:
    """Split `total` in proportion to `weights` by largest remainder; ties go to the smaller key.

    Returns one part per weight, in the order given; the parts sum to `total` exactly and a weight of 0 gets 0. The
    result does not depend on the order of the lines. Raises ValueError where no split exists: a negative weight, a
    total other than 0 over weights that are all 0, or lengths that differ.
    """
    if len(weights) != len(keys):
        raise ValueError(f"{len(weights)} weights, but {len(keys)} keys")
    if any(weight < 0 for weight in weights):
        raise ValueError("weights must not be negative")
    whole = sum(weights)
    if whole == 0:
        if total:
            raise ValueError(f"cannot split {total} over weights that are all 0")
        return [0] * len(weights)
    if total < 0:
        return [-part for part in allocate(-total, weights, keys)]
    parts = [total * weight // whole for weight in weights]
    rest = total - sum(parts)
    if rest:
        by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), keys[i]))
        for i in by_remainder[:rest]:
            parts[i] += 1
    return parts
