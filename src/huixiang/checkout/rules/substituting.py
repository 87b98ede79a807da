"""What goods cost that take the place of missing ones, before that is bounded by what they replace (P15)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from huixiang.checkout.model.fulfilment import Picked, Substitute, SubstitutePriceNeeded


def substitutes_of(picks: Sequence[Picked]) -> list[Substitute]:
    return [pick.substitute for pick in picks if pick.substitute is not None]


def priced(picks: Sequence[Picked], prices: Mapping[str, int]) -> list[Picked]:
    """Each substitute at the price of the unit layer, or at the caller's where that is lower; where the unit layer has
    none at the caller's. prices: of the unit layer, by the substitute's line id. Raises SubstitutePriceNeeded."""
    return [
        pick
        if pick.substitute is None
        else msgspec.structs.replace(pick, substitute=_priced(pick.substitute, prices.get(pick.substitute.line_id)))
        for pick in picks
    ]


def _priced(goods: Substitute, price_fen: int | None) -> Substitute:
    known = [fen for fen in (goods.price_fen, price_fen) if fen is not None]
    if not known:
        raise SubstitutePriceNeeded(line_id=goods.line_id, sku=goods.sku, measure=goods.measure)
    return msgspec.structs.replace(goods, price_fen=min(known))
