"""What goods that a quote does not have would have cost with it, by the unit layer: for substitutes (P15)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from huixiang.catalogue.model import PUBLIC_LIST
from huixiang.platform.db import Transaction
from huixiang.pricing import store
from huixiang.pricing.model.basket import Basket, Line
from huixiang.pricing.model.goods import Goods
from huixiang.pricing.model.kept import Kept
from huixiang.pricing.rules.asking import listed
from huixiang.pricing.rules.beside import alone, price_lists_of
from huixiang.pricing.rules.engine import price
from huixiang.pricing.service import tokens
from huixiang.pricing.service.again import situated
from huixiang.pricing.service.reads import Within


async def prices_beside(tx: Transaction, token: str, wanted: Sequence[Line]) -> Mapping[str, int]:
    """wanted: line ids, skus, measures and quantities. By line id what each comes to at the quote's moment, in its
    store, for its member, under its version; what the catalogue does not sell, or not by that measure, is left out.
    Raises QuoteFactsChanged."""
    kept = tokens.read_token(token)
    rule_set, situation = await situated(Within(tx), kept)
    lists = (PUBLIC_LIST, *price_lists_of(rule_set))
    goods = await store.goods(tx, [line.sku for line in wanted], _store_of(kept), kept.issued_at, lists)
    apart = alone(rule_set, situation)
    found = {}
    for line in wanted:
        one = goods.get(line.sku)
        if one is not None and one.unit == line.measure:
            basket = Basket(lines=(_described(line, one, lists),))
            found[line.line_id] = price(rule_set, basket, apart).goods_fen
    return found


def _store_of(kept: Kept) -> str | None:
    return kept.context.get("store")


def _described(line: Line, goods: Goods, lists: Sequence[str]) -> Line:
    return msgspec.structs.replace(
        line,
        list_price_fen=goods.public_fen,
        categories=tuple(goods.categories),
        brand=goods.brand,
        tags=tuple(goods.tags),
        prices=dict(listed(goods, lists)),
        cost_fen=goods.cost_fen,
    )
