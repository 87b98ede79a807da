"""The search of a basket whose payable depends on one sum alone (`flat`)."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from huixiang.pricing.rules.components import Components
from huixiang.pricing.rules.flat import (
    Flat,
    coupon_sets,
    is_flat,
    kept_of_extra,
    order_sets,
    parallel_rates,
    reachable,
    with_extra,
)
from huixiang.pricing.rules.outcome import Chooser

if TYPE_CHECKING:
    from huixiang.pricing.rules.search import Search

_line = attrgetter("line")


def one_sum(search: Search) -> bool:
    """Search over one sum, where the basket is such; whether it was. Then `search.best` is set."""
    quote = search.quote
    if not is_flat(quote):
        return False
    stacking = quote.rule_set.stacking
    if stacking.on_order or stacking.of_class or stacking.of_layer or len(quote.orders) > 6:
        return False
    sets = coupon_sets(quote.coupons, stacking.of_class)
    kept = kept_of_extra(quote)
    if len(sets) > 64 or parallel_rates(quote) or kept <= 0:
        return False
    components = Components(quote, (), frozenset(), max(1, search.nodes_max))
    if not components.whole:
        search.proven = False
    search.count(components.nodes)
    flat = Flat(quote, order_sets(quote.orders), sets, quote.deliveries)
    cheapest = [component.cheapest for component in components.all]
    amount = sum([choice.amount for choice in cheapest])
    least, chosen, using = flat.best(amount)
    selection = cheapest
    hopeful = []
    most = quote.list_fen
    if most > amount:
        hopeful = [(flat.best(drop)[0], drop) for drop in flat.drops(amount, most)]
        hopeful = [(value, drop) for value, drop in hopeful if value < least]
    search.count(1 + len(hopeful))
    if hopeful:
        # Each further fen costs at least what rates leave of it.
        width = max(drop - amount + (least - value) * 10_000 // kept for value, drop in hopeful) + 1
        width = min(most - amount, width)
        sums = reachable(components.all, width)
        for value, drop in sorted(hopeful):
            if value >= least:
                break
            bits = sums[0] >> (drop - amount)
            if not bits:
                continue
            extra = drop - amount + (bits & -bits).bit_length() - 1
            found, *under = flat.best(amount + extra)
            search.count()
            if found < least:
                least, (chosen, using) = found, under
                selection = with_extra(components.all, sums, extra)
    search.proven &= components.all_whole
    parts = [part for choice in selection for part in choice.parts]
    parts.sort(key=_line)
    search.best = Chooser(quote).close(parts, chosen, using)
    return True
