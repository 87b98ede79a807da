"""A second judge: the page's meaning as a model of integer constraints, solved by OR-Tools CP-SAT.

Decided by the solver: the prices of each line, the pieces of each group, which order rules, coupons and delivery rules
are applied. All that follows from it is constraints, the sharing of discounts by largest remainder included: floors,
remainders, and the order of the remainders (`sharing.py`). It is for larger baskets than can be tried one by one, 12
lines and 12 rules, and finds the payable alone.

Left out, and not drawn by `larger_instance`: add-ons, gifts, exchange coupons, groups on base `unit`, groups of more
than one slot that take the cheapest pieces, and the ties of section 8. What is available, and what a line costs by
itself (availability.py, unit_prices.py), is shared with the other judge.
"""

from __future__ import annotations

from huixiang.pricing.model.rules import CouponRule
from tests.pricing.judges.availability import layer_of
from tests.pricing.judges.choosing import choose_prices
from tests.pricing.judges.counting import later_rules
from tests.pricing.judges.discounting import Discounts
from tests.pricing.judges.grouping import Grouping
from tests.pricing.judges.instances import Instance
from tests.pricing.judges.modelled import Modelled


def solve(drawn: Instance, effort: float = 0.2) -> int | None:
    """The lowest payable; None where the solver did not prove it with so much effort, the same on any machine."""
    modelled = Modelled(drawn)
    choose_prices(modelled, Grouping(modelled).pieces)
    fee = Discounts(modelled, later_rules(modelled)).fee
    stack(modelled)
    goods = sum(portion.unit for portion in modelled.portions) - sum(one.total for one in modelled.taken)
    modelled.model.minimize(goods + fee)
    packaging = drawn.promotions.packaging_fen + drawn.basket.packaging_fen
    found = modelled.make.solve(effort)
    return None if found is None else found + packaging


def stack(modelled: Modelled) -> None:
    """Exclusions on the order, and maxima."""
    promotions = modelled.drawn.promotions
    classes = {rule.stacking for rule in promotions.rules if isinstance(rule, CouponRule) and rule.stacking}
    maxima = {("class", one): 1 for one in classes} | {(one.by, one.of): one.at_most for one in promotions.maxima}
    layers = {rule.code: layer_of(rule) for rule in promotions.rules}
    for (by, of), at_most in maxima.items():
        named = [
            truth for code, truth in modelled.applied if of == (modelled.stacking if by == "class" else layers)[code]
        ]
        modelled.model.add(sum(named) <= at_most)
    for one in promotions.exclusions:
        if one.on != "order":
            continue
        first, second = (
            [t for code, t in modelled.applied if modelled.stacking[code] == of] for of in (one.first, one.second)
        )
        if one.first == one.second:
            modelled.model.add(sum(first) <= 1)
            continue
        for truth in first:
            for other in second:
                modelled.model.add_bool_or([~truth, ~other])
