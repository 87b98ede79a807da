"""Placed orders as they stand: what was picked of them, and what is left after refunds (CHK-03, CHK-06)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from huixiang.checkout.model import RefundLine
from huixiang.checkout.model.fulfilment import DOCUMENT, Fulfilled, FulfilmentRules, Picked, Policy, Price
from huixiang.checkout.model.placing import Placed
from huixiang.checkout.rules import fulfil
from huixiang.checkout.rules.policies import Change
from huixiang.checkout.service.substituting import with_prices
from huixiang.checkout.store.placed import Kept
from huixiang.kernel.errors import InvariantBroken
from huixiang.platform.db import Transaction
from huixiang.pricing.model.refusals import QuoteFactsChanged
from huixiang.pricing.service.rest import price_of_rest
from huixiang.rulebook import service as rulebook


class GivenBack(msgspec.Struct, frozen=True):
    """What a refund comes to. stands: the order after it. lines: by line id, what each gives back in cash."""

    stands: Fulfilled
    cash_fen: Mapping[str, int]


async def rules_of(tx: Transaction, placed: Placed) -> FulfilmentRules:
    """The rules of fulfilment that were in force when an order was placed."""
    document = await rulebook.version(tx, *DOCUMENT, placed.fulfilment_version)
    return document.read(FulfilmentRules)


def stands_now(kept: Kept) -> Fulfilled:
    """An order as it stands."""
    return kept.stands or kept.placed.fulfilled or fulfil.as_placed(kept.placed.granted)


async def picked(tx: Transaction, kept: Kept, picks: Sequence[Picked]) -> Fulfilled:
    """What is charged for what was picked. Raises as `fulfil.charged_for` does, SubstitutePriceNeeded, and
    QuoteFactsChanged where a substitute comes without a price."""
    rules, granted = await rules_of(tx, kept.placed), kept.placed.granted
    left = fulfil.charged_for(granted, rules, picks)
    picks = await with_prices(tx, kept.token, picks)
    price = await _price(tx, kept, rules.policy, Change(granted, fulfil.as_placed(granted), left))
    return fulfil.fulfil(granted, rules, picks, price)


async def given_back(tx: Transaction, kept: Kept, wanted: Sequence[RefundLine]) -> GivenBack:
    """What a refund gives back. Raises as `fulfil.left_after` does."""
    rules, granted = await rules_of(tx, kept.placed), kept.placed.granted
    was_picked = kept.placed.fulfilled or fulfil.as_placed(granted)
    base = fulfil.base_of_refunds(granted, was_picked, rules)
    before = stands_now(kept)
    left = fulfil.left_after(before, wanted)
    price = await _price(tx, kept, rules.refund_policy, Change(base, before, left))
    now = fulfil.give_back(base, before, rules, wanted, price)
    asked = {line.line_id for line in wanted}
    cash = {line.line_id: line.cash_back_fen for line in now.lines}
    beside = sum(fen for line_id, fen in cash.items() if line_id not in asked)
    if beside or min(cash.values(), default=0) < 0:
        raise InvariantBroken(f"a refund of order {kept.placed.order_id} moves {beside} fen of other lines")
    return GivenBack(now, {line_id: cash[line_id] for line_id in asked})


class _Prices(msgspec.Struct, frozen=True):
    """What the rest of an order comes to, asked beforehand: rules wait for nothing."""

    asked: Mapping[str, int]
    prices: Mapping[str, int]

    def given(self, asked: Mapping[str, int]) -> Mapping[str, int]:
        if asked != self.asked:
            raise InvariantBroken(f"priced {self.asked}, and {asked} is asked for")
        return self.prices


async def _price(tx: Transaction, kept: Kept, policy: Policy, change: Change) -> Price | None:
    """Of the lines that the quote knows and of which some is left, where anything changes. None where the quote cannot
    be priced again: what it knew of its member, and does not keep, is another by now."""
    left = change.left
    lines = change.granted.lines
    asked = {line.line_id: left[line.line_id] for line in lines if line.replaces is None and left[line.line_id]}
    if policy is not Policy.RECKON or not asked or left == change.had or change.before.not_reckoned:
        return _Prices(asked, {}).given
    try:
        return _Prices(asked, await price_of_rest(tx, kept.token, asked)).given
    except QuoteFactsChanged:
        return None
