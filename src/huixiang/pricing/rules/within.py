"""The best price that keeps within caps of fen and budgets as sums.

The engine bounds each rule by its room, for itself. Where rules that share a budget, or copies of one coupon, take more
together than is left, the earlier in the order in which rules are taken have theirs and the later the rest, and the
basket is priced again. What cannot be cut (all but reductions by an amount or a rate) and does not fit is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Literal

import msgspec

from huixiang.pricing.model.basket import Basket, Room, Situation
from huixiang.pricing.model.priced import Applied, Priced
from huixiang.pricing.model.rules import Budget
from huixiang.pricing.rules.budget import Pause, no_pause
from huixiang.pricing.rules.budgets import taken
from huixiang.pricing.rules.compile import RuleSet
from huixiang.pricing.rules.engine import NODES, price

CUTS = 3  # how often the rest is shared out; then a rule that does not fit is left out


def price_within(
    rule_set: RuleSet,
    basket: Basket,
    situation: Situation,
    *,
    nodes_max: int = NODES,
    explain: Literal["brief", "full"] = "brief",
    pause: Pause = no_pause,
) -> tuple[Priced, Situation]:
    """As `price`; and the situation that `price` finds this in, whose rooms are narrower where sums were above what is
    left. Then it is proven where it costs no more than without that."""
    priced = price(rule_set, basket, situation, nodes_max=nodes_max, explain=explain, pause=pause)
    if not rule_set.limits_fen:
        return priced, situation
    bound_fen, wide = priced.bound_fen, situation
    for attempt in count(1):
        narrower = _Narrowing(rule_set, wide, situation, priced.applied).rooms(cut=attempt <= CUTS)
        if not narrower:
            break
        situation = msgspec.structs.replace(situation, room={**situation.room, **narrower})
        priced = price(rule_set, basket, situation, nodes_max=nodes_max, explain=explain, pause=pause)
    proven = priced.proven and priced.payable_fen == bound_fen
    if proven != priced.proven:
        priced = msgspec.structs.replace(priced, proven=proven, bound_fen=bound_fen)
    return priced, situation


class _Narrowing:
    """Of what was applied in rooms that may be narrower already than in the wide situation, which has what is left."""

    def __init__(self, rule_set: RuleSet, wide: Situation, narrow: Situation, applied: Sequence[Applied]) -> None:
        self._rule_set = rule_set
        self._wide = wide
        self._narrow = narrow
        self._applied = applied
        self._sums: dict[str, int] = {}
        self._copies: dict[str, int] = {}
        for one in applied:
            self._sums[one.rule] = self._sums.get(one.rule, 0) + one.saved_fen
            self._copies[one.rule] = self._copies.get(one.rule, 0) + 1
        self._fen: dict[str, int] = {}

    def rooms(self, *, cut: bool) -> dict[str, Room]:
        """Of rules that took more than is left. Each has less than before, and nothing where it may not be cut any
        more, so this comes to an end."""
        for rule, fen in self._sums.items():
            room = _room(self._rule_set, self._wide, rule)
            if room is not None and room.fen is not None and fen > room.fen:
                self._give(rule, room.fen, cut=cut)
        for budget, all_fen in taken(self._applied, self._rule_set.chains).items():
            left = self._wide.budgets.get(budget.code, budget.at_most)
            if all_fen > left:
                self._share_out(budget, left, cut=cut)
        return {rule: self._narrowed(rule, fen) for rule, fen in self._fen.items()}

    def _share_out(self, budget: Budget, left: int, *, cut: bool) -> None:
        """In the order in which they are taken."""
        for rule, fen in self._sums.items():
            if budget in self._rule_set.chains.get(rule, ()):
                left -= fen if fen <= left else self._give(rule, left, cut=cut)

    def _give(self, rule: str, fen: int, *, cut: bool) -> int:
        """At most so much, for all its copies together; what it can have of that."""
        each = fen // self._copies[rule] if cut and self._rule_set.by_code[rule].cuts else 0
        room = _room(self._rule_set, self._narrow, rule)
        if room is not None and room.fen is not None and each >= room.fen:
            each = 0  # it has no more than that already, and yet took more
        self._fen[rule] = min(each, self._fen.get(rule, each))
        return self._fen[rule] * self._copies[rule]

    def _narrowed(self, rule: str, fen: int) -> Room:
        return msgspec.structs.replace(_room(self._rule_set, self._narrow, rule) or Room(), fen=fen)


def _room(rule_set: RuleSet, situation: Situation, rule: str) -> Room | None:
    return situation.room.get(rule, rule_set.by_code[rule].full_room)
