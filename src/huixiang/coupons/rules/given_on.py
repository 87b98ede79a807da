"""When a pack is given by itself."""

from __future__ import annotations

from collections.abc import Sequence


def rises(order: Sequence[str], from_tier: str | None, to_tier: str) -> bool:
    """Whether a member comes to a tier from below. order: tiers from the lowest on; one that is not in it any more is
    below all, and nobody rises to it."""
    place = {tier: number for number, tier in enumerate(order)}
    return place.get(to_tier, -1) > (place.get(from_tier, -1) if from_tier is not None else -1)
