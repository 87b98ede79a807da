"""What is left of the caps of rules, and of the budgets that they are paid from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from huixiang.pricing.model.basket import Room
from huixiang.pricing.model.needs import Counted, Needs
from huixiang.pricing.model.rules import Budget, Cap


def rooms(needs: Needs, used: Mapping[Counted, int]) -> dict[str, Room]:
    """Of each rule that has given something under a cap, or whose budgets have; of the others nothing is used."""
    if not used:
        return {}
    return {
        rule: _room(rule, needs.caps.get(rule, ()), needs.chains.get(rule, ()), used)
        for rule in dict.fromkeys(_touched(needs, used))
    }


def budgets_left(needs: Needs, used: Mapping[Counted, int]) -> dict[str, int]:
    """Fen that are left of each budget that something was taken of."""
    given = {one.rule for one in used if one.of == "budget"}
    if not given:
        return {}
    chained = dict.fromkeys(one for chain in needs.chains.values() for one in chain)
    return {one.code: _left(one, used) for one in chained if one.code in given}


def _touched(needs: Needs, used: Mapping[Counted, int]) -> Iterator[str]:
    given = set()
    for one in used:
        if one.of == "budget":
            given.add(one.rule)
        elif one.rule in needs.caps:
            yield one.rule
    if given:
        for rule, chain in needs.chains.items():
            if any(one.code in given for one in chain):
                yield rule


def _room(rule: str, caps: Sequence[Cap], chain: Sequence[Budget], used: Mapping[Counted, int]) -> Room:
    left: dict[str, int] = {}
    for cap in caps:
        room = max(0, cap.at_most - used.get(Counted(rule, cap.of, cap.in_a, cap.per), 0))
        left[cap.of] = min(room, left.get(cap.of, room))
    for budget in chain:
        room = _left(budget, used)
        left["fen"] = min(room, left.get("fen", room))
    return Room(**left)


def _left(budget: Budget, used: Mapping[Counted, int]) -> int:
    return max(0, budget.at_most - used.get(Counted(budget.code, "budget", budget.in_a, "all"), 0))
