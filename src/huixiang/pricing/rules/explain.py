"""Why each rule that touched a basket was not applied."""

from __future__ import annotations

import msgspec

from huixiang.pricing.model.priced import NotApplied
from huixiang.pricing.rules.outcome import Outcome
from huixiang.pricing.rules.quote import Quote


def not_applied_of(quote: Quote, outcome: Outcome) -> tuple[NotApplied, ...]:
    """In the order of layers."""
    applied = outcome.rules()
    ok = quote.ok
    found = [rule.because("dearer") for rule in quote.touching if ok[rule.index] and rule not in applied]
    for rule, reason, coupon_id in quote.reasons:
        one = rule.because(reason)
        found.append(one if coupon_id is None else msgspec.structs.replace(one, coupon_id=coupon_id))
    return tuple(found)
