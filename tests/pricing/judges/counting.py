"""What order rules, coupons and delivery rules count in the solver's model, and whose shares have to be known."""

from __future__ import annotations

from collections.abc import Sequence

from tests.pricing.judges.availability import Offer
from tests.pricing.judges.modelled import Later, Modelled


def later_rules(modelled: Modelled) -> list[Later]:
    """In the order in which they are taken, with what they count."""
    found = [later_rule(modelled, offer) for layer in ("order", "coupon", "delivery") for offer in modelled.of(layer)]
    for place, later in enumerate(found):
        count(modelled, later, found[:place])
    ask_for_shares(modelled, found)
    return found


def later_rule(modelled: Modelled, offer: Offer) -> Later:
    portions = frozenset(n for n, portion in enumerate(modelled.portions) if portion.line in offer.lines)
    applied = modelled.make.truth()
    modelled.applied.append((offer.rule.code, applied))
    return Later(offer, applied, portions)


def barred(modelled: Modelled, code: str) -> set[str]:
    own = modelled.stacking[code]
    pairs = [{one.first, one.second} for one in modelled.drawn.promotions.exclusions if one.on == "line"]
    return {other for other, its in modelled.stacking.items() if own and its and {own, its} in pairs}


def count(modelled: Modelled, later: Later, before: Sequence[Later]) -> None:
    """A portion is not counted where an earlier rule holds it that is excluded on the line."""
    make = modelled.make
    excluded = barred(modelled, later.offer.rule.code)
    for number in later.portions:
        portion = modelled.portions[number]
        if portion.group in excluded:
            later.counts[number] = make.constant(value=False)
            continue
        held = [truth for code, truth in portion.holding if code in excluded]
        for earlier in before:
            if earlier.offer.layer == "delivery" or earlier.offer.rule.code not in excluded:
                continue
            if number in earlier.portions:
                counted = earlier.counts[number]
                held.append(earlier.applied if counted is None else make.both(earlier.applied, counted))
        later.counts[number] = make.none_of(held) if held else None


def ask_for_shares(modelled: Modelled, rules: Sequence[Later]) -> None:
    """From the last to the first: shares are wanted where something later counts a part of the portions."""
    after = [later for later in rules if later.is_fee]
    for later in reversed(rules):
        if not later.is_fee:
            later.shared = splits(later.portions, after)
            after.append(later)
    for taken in modelled.taken:
        if splits(taken.portions, after):
            taken.shares = {}


def splits(portions: frozenset[int], after: Sequence[Later]) -> bool:
    """Whether what is taken off these portions has to be known apart for something that comes later."""
    return any(
        later.varies or later.shared or not portions <= later.portions for later in after if portions & later.portions
    )
