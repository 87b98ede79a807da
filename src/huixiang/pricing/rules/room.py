"""What is left of the caps of rules."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from huixiang.pricing.model.basket import Room
from huixiang.pricing.model.needs import Counted
from huixiang.pricing.model.rules import Cap


def rooms(caps: Mapping[str, Sequence[Cap]], used: Mapping[Counted, int]) -> dict[str, Room]:
    """Of each rule that has caps and has given something; of the others nothing is used."""
    return {rule: _room(rule, caps[rule], used) for rule in dict.fromkeys(one.rule for one in used) if rule in caps}


def _room(rule: str, caps: Sequence[Cap], used: Mapping[Counted, int]) -> Room:
    left: dict[str, int] = {}
    for cap in caps:
        room = max(0, cap.at_most - used.get(Counted(rule, cap.of, cap.in_a, cap.per), 0))
        left[cap.of] = min(room, left.get(cap.of, room))
    return Room(**left)
