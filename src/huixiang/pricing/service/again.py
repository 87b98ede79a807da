"""A quote priced again to the fen, from what its token keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from huixiang.conditions.facts import Value
from huixiang.kernel.errors import InvariantBroken
from huixiang.pricing.model.basket import Basket, Situation
from huixiang.pricing.model.kept import Kept
from huixiang.pricing.model.priced import Priced
from huixiang.pricing.model.refusals import QuoteFactsChanged, QuoteNotReproduced
from huixiang.pricing.rules.compile import RuleSet
from huixiang.pricing.rules.engine import price
from huixiang.pricing.rules.kept import basket_of, situation_of
from huixiang.pricing.service import programme
from huixiang.pricing.service.aside import ON_LOOP, ON_LOOP_NODES, aside, breathe
from huixiang.pricing.service.reads import Reads
from huixiang.pricing.service.rule_sets import InForce


async def priced_again(reads: Reads, kept: Kept, explain: Literal["brief", "full"]) -> tuple[InForce, Priced]:
    """With what is switched off by now. Raises QuoteFactsChanged where personal data that it depended on are other ones
    now, QuoteNotReproduced where it was not proven and another version of the program finds something else, Overloaded
    where too many wait for what takes long, and InvariantBroken where what is proven does not cost the same.
    """
    in_force, situation = await situated(reads, kept)
    priced = await searched(in_force.rule_set, basket_of(kept), situation, explain)
    quoted_fen = kept.totals.payable_fen
    if priced.payable_fen != quoted_fen:
        if not (priced.proven and kept.totals.proven):
            raise QuoteNotReproduced(quoted_fen=quoted_fen, found_fen=priced.payable_fen)
        raise InvariantBroken(f"a quote of {quoted_fen} fen is now {priced.payable_fen} fen")
    return in_force, priced


async def situated(reads: Reads, kept: Kept) -> tuple[InForce, Situation]:
    """The rules and the facts that a quote was made by. Raises QuoteFactsChanged."""
    in_force = await programme.in_force_at(reads, kept.version)
    situation = situation_of(kept, reads.calendar, await _hidden(reads, kept))
    if situation is None:
        raise QuoteFactsChanged
    return in_force, situation


async def searched(
    rule_set: RuleSet, basket: Basket, situation: Situation, explain: Literal["brief", "full"]
) -> Priced:
    """Most searches are over at once; what takes longer is done beside the loop."""
    if explain == "brief" and len(basket.lines) + len(situation.coupons) <= ON_LOOP:
        near = price(rule_set, basket, situation, nodes_max=ON_LOOP_NODES, explain=explain, pause=breathe)
        if near.proven:
            return near
    return await aside(lambda: price(rule_set, basket, situation, explain=explain, pause=breathe))


async def _hidden(reads: Reads, kept: Kept) -> Mapping[str, Value]:
    """The personal attributes that the quote depended on, as they are now."""
    member_id = kept.member_id
    if member_id is None or not kept.hidden:
        return {}
    return await programme.values_now(reads, member_id, kept.hidden)
