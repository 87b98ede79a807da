"""The cheapest combination that has one rule, or one copy of a coupon, in it, by trying all of them."""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.pricing.model.basket import Basket, Situation
from huixiang.pricing.model.rules import Promotions
from tests.pricing.judges.availability import Merged, Offer, merge, offers
from tests.pricing.judges.brute_force import settle_all
from tests.pricing.judges.settling import Settling
from tests.pricing.judges.stacking import Stacking


class With(Settling):
    """Judges only the answers that have it."""

    def __init__(
        self,
        offers: Sequence[Offer],
        lines: Sequence[Merged],
        stacking: Stacking,
        fees: tuple[int, int],
        having: tuple[str, str | None],
    ) -> None:
        super().__init__(offers, lines, stacking, *fees)
        self._code, self._copy = having

    def _judge(self, left: list[int], fee: int, applied: list[str]) -> None:
        copies = [offer.coupon_id for offer in self._coupons]
        if self._code in (*self._applied, *applied) and (self._copy is None or self._copy in copies):
            super()._judge(left, fee, applied)


def cheapest_with(
    promotions: Promotions, basket: Basket, situation: Situation, having: tuple[str, str | None], tries: int = 2_000
) -> int | None:
    """having: a rule's code, and the copy of a coupon. None where no combination has it. Raises TooMany."""
    lines = merge(basket)
    available = offers(promotions, lines, situation)
    fees = basket.delivery_fen, promotions.packaging_fen + basket.packaging_fen
    settling = With(available, lines, Stacking(promotions), fees, having)
    settle_all(settling, available, lines, tries)
    return None if settling.best is None else settling.best.rank[0]
