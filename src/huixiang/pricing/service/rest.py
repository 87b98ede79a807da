"""What the rest of a quoted basket costs under the quote's own version, facts and moment: for orders that are reckoned
again when something is missing or comes back (P14)."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from huixiang.platform.db import Transaction
from huixiang.pricing.model.basket import Basket, Situation
from huixiang.pricing.model.priced import Priced
from huixiang.pricing.rules.compile import RuleSet
from huixiang.pricing.rules.engine import price
from huixiang.pricing.rules.kept import basket_of
from huixiang.pricing.service import tokens
from huixiang.pricing.service.again import situated
from huixiang.pricing.service.aside import ON_LOOP, ON_LOOP_NODES, aside, breathe
from huixiang.pricing.service.reads import Within


async def price_of_rest(tx: Transaction, token: str, left: Mapping[str, int]) -> Mapping[str, int]:
    """left: quantities by line id, of the lines that are left alone. What each comes to, before points. Raises
    QuoteFactsChanged, and Overloaded where too many wait for what takes long."""
    kept = tokens.read_token(token)
    rule_set, situation = await situated(Within(tx), kept)
    whole = basket_of(kept)
    lines = tuple(
        msgspec.structs.replace(line, quantity=left[line.line_id]) for line in whole.lines if line.line_id in left
    )
    basket = msgspec.structs.replace(whole, lines=lines)
    priced = await _searched(rule_set, basket, situation)
    return {line.line_id: line.payable_fen for line in priced.lines}


async def _searched(rule_set: RuleSet, basket: Basket, situation: Situation) -> Priced:
    """Most searches are over at once; what takes longer is done beside the loop."""
    if len(basket.lines) + len(situation.coupons) <= ON_LOOP:
        near = price(rule_set, basket, situation, nodes_max=ON_LOOP_NODES, pause=breathe)
        if near.proven:
            return near
    return await aside(lambda: price(rule_set, basket, situation, pause=breathe))
