"""The cheapest combination by trying all of them, as docs/domain/pricing.md says what each costs.

Written from that page alone, and of the product it imports nothing but the types of promotions and baskets. The one
thing that it does not try are combinations that cannot be as cheap as one it has: goods after units and groups, less
all that the rules to come could take off the whole list amount.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from huixiang.pricing.model.basket import Basket, Situation
from huixiang.pricing.model.rules import Promotions
from tests.pricing.judges.arithmetic import shares
from tests.pricing.judges.availability import Merged, Offer, merge, offers
from tests.pricing.judges.selections import is_add_on, selections
from tests.pricing.judges.settling import Answer, Settling
from tests.pricing.judges.stacking import Stacking


@dataclass(frozen=True, slots=True)
class Cheapest:
    """rank: see Answer. lines: what each line of the basket pays in the one answer that was found first; others may be
    as good. coupons: ids. tried: how many selections there are; visited: steps of settling."""

    payable_fen: int
    coupons: int
    quota_used: bool
    ends: tuple[int, ...]
    gift_fen: int
    lines: dict[str, int]
    delivery_fen: int
    applied: tuple[str, ...]
    used: tuple[str, ...]
    tried: int
    visited: int


class TooMany(Exception):
    """More selections than the judge is willing to try."""


def cheapest(promotions: Promotions, basket: Basket, situation: Situation, tries: int = 20_000) -> Cheapest:
    """Raises TooMany above `tries` selections."""
    lines = merge(basket)
    available = offers(promotions, lines, situation)
    packaging = promotions.packaging_fen + basket.packaging_fen
    settling = Settling(available, lines, Stacking(promotions), basket.delivery_fen, packaging)
    tried = settle_all(settling, available, lines, tries)
    assert settling.best is not None
    return answered(settling, settling.best, lines, (tried, settling.visited))


def settle_all(settling: Settling, available: Sequence[Offer], lines: Sequence[Merged], tries: int) -> int:
    """From the cheapest goods up; how many selections there are. Raises TooMany above `tries`."""
    found = []
    for selection in selections(available, lines):
        found.append(selection)
        if len(found) > tries:
            raise TooMany
    found.sort(key=lambda selection: selection.goods_fen)
    for selection in found:
        if settling.hopeless(selection.goods_fen):
            break
        selling = frozenset(held.offer.rule.code for held in selection.held if is_add_on(held))
        settling.settle(selection.portions(), selection.rules, selling, quota_used=selection.quota_used)
    return len(found)


def answered(settling: Settling, best: Answer, lines: list[Merged], counts: tuple[int, int]) -> Cheapest:
    paid = [0] * len(lines)
    for portion, left in zip(settling.best_portions, best.paid, strict=True):
        paid[portion.line] += left
    split: dict[str, int] = {}
    for line, whole in zip(lines, paid, strict=True):
        split |= split_back(line, whole)
    payable, coupons, quota_used, ends, gifts = best.rank
    return Cheapest(payable, coupons, quota_used, ends, -gifts, split, best.fee, best.applied, best.coupons, *counts)


def split_back(line: Merged, whole: int) -> dict[str, int]:
    """What a merged line pays, over the lines that it was."""
    weights = [listed for _, listed, _ in line.parts]
    if not any(weights):
        weights = [quantity for _, _, quantity in line.parts]
    return {line_id: share for (line_id, _, _), share in zip(line.parts, shares(whole, weights), strict=True)}
