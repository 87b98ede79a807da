"""Goods beside a quote: only what makes a price of one line, and takes nothing that is counted."""

from __future__ import annotations

import msgspec

from huixiang.pricing.model.basket import Situation
from huixiang.pricing.model.effects import ListedPrice
from huixiang.pricing.model.rules import UnitRule
from huixiang.pricing.rules.compile import RuleSet


def price_lists_of(rule_set: RuleSet) -> list[str]:
    """The price lists that unit rules name."""
    effects = (rule.effect for rule in rule_set.promotions.rules if isinstance(rule, UnitRule))
    return sorted({effect.price_list for effect in effects if isinstance(effect, ListedPrice)})


def alone(rule_set: RuleSet, situation: Situation) -> Situation:
    """The same buyer and moment with unit rules alone. A price with a cap or a budget is none of them: of what is
    counted nothing was set aside for goods that nobody ordered."""
    others = {
        rule.code
        for rule in rule_set.promotions.rules
        if not isinstance(rule, UnitRule) or rule.caps or rule.budget is not None
    }
    return msgspec.structs.replace(situation, coupons=(), codes=(), left_out=situation.left_out | others)
