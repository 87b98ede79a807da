"""Prices of goods that take the place of missing ones, as if they had been ordered then (CHK-03)."""

from __future__ import annotations

from collections.abc import Sequence

from huixiang.checkout.model.fulfilment import Picked
from huixiang.checkout.rules.substituting import priced, substitutes_of
from huixiang.platform.db import Transaction
from huixiang.pricing.model.basket import Line
from huixiang.pricing.model.refusals import QuoteFactsChanged
from huixiang.pricing.service.beside import prices_beside


async def with_prices(tx: Transaction, token: str, picks: Sequence[Picked]) -> Sequence[Picked]:
    """token: of the quote that was placed. Where what it knew of its member has changed since, nobody can say any more
    what goods would have cost, and the caller's prices count. Raises SubstitutePriceNeeded, and QuoteFactsChanged where
    the caller gives none either."""
    goods = substitutes_of(picks)
    if not goods:
        return picks
    wanted = [
        Line(line_id=one.line_id, sku=one.sku, measure=one.measure.value, quantity=one.quantity, list_price_fen=0)
        for one in goods
    ]
    try:
        return priced(picks, await prices_beside(tx, token, wanted))
    except QuoteFactsChanged:
        if any(one.price_fen is None for one in goods):
            raise
        return picks
