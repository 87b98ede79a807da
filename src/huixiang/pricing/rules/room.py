"""What is left of the caps of rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from huixiang.pricing.model.basket import Room
from huixiang.pricing.model.needs import Used
from huixiang.pricing.model.rules import Cap


def rooms(caps: Mapping[str, Sequence[Cap]], used: Iterable[Used]) -> dict[str, Room]:
    """Of each rule that has caps and has given something; of the others nothing is used."""
    given: dict[tuple[str, str, bool], Used] = {}
    touched: dict[str, None] = {}
    for one in used:
        if one.rule in caps:
            given[one.rule, one.in_a, one.by_member] = one
            touched[one.rule] = None
    return {rule: _room(rule, caps[rule], given) for rule in touched}


def _room(rule: str, caps: Sequence[Cap], given: Mapping[tuple[str, str, bool], Used]) -> Room:
    left: dict[str, int] = {}
    for cap in caps:
        used = given.get((rule, cap.in_a, cap.per == "member"))
        room = max(0, cap.at_most - (getattr(used, cap.of) if used is not None else 0))
        left[cap.of] = min(room, left.get(cap.of, room))
    return Room(**left)
