"""Why each rule that touched a basket was not applied."""

from __future__ import annotations

from huixiang.pricing.model.priced import NotApplied
from huixiang.pricing.model.rules import LAYERS
from huixiang.pricing.rules.outcome import Outcome
from huixiang.pricing.rules.quote import Quote


def not_applied_of(quote: Quote, outcome: Outcome) -> tuple[NotApplied, ...]:
    """In the order in which rules are taken."""
    found = [
        NotApplied(rule.code, LAYERS[rule.layer], rule.rule.name, reason, coupon_id=coupon_id)
        for rule, reason, coupon_id in quote.reasons
    ]
    applied = outcome.rules()
    found += [
        NotApplied(rule.code, LAYERS[rule.layer], rule.rule.name, "dearer")
        for rule in quote.touching
        if quote.ok[rule.index] and rule not in applied
    ]
    return tuple(found)
