"""Why a quote costs what it does: priced again under its version and moment, and explained in full."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from huixiang.conditions.facts import Value
from huixiang.kernel.errors import InvariantBroken
from huixiang.pricing.model.quotes import Why
from huixiang.pricing.model.refusals import QuoteFactsChanged, QuoteNotReproduced, QuoteOfAnother
from huixiang.pricing.rules.engine import price
from huixiang.pricing.rules.kept import Kept, basket_of, situation_of
from huixiang.pricing.service import programme, tokens
from huixiang.pricing.service.aside import aside, breathe
from huixiang.pricing.service.reads import Reads


async def why(reads: Reads, token: str, of: UUID | None = None) -> Why:
    """of: the member who asks, who may ask of their own quotes alone; None for a system. An expired quote is explained
    too. Raises QuoteTokenInvalid, QuoteOfAnother, QuoteFactsChanged where personal data that it depended on are other
    ones now, QuoteNotReproduced where it was not proven and another version finds something else, Overloaded where too
    many wait for explanations, and InvariantBroken where what is proven does not cost the same."""
    kept = tokens.read_token(token)
    if of is not None and kept.member_id != of:
        raise QuoteOfAnother
    rule_set = await programme.rule_set_at(reads, kept.version)
    situation = situation_of(kept, reads.calendar, await _hidden(reads, kept))
    if situation is None:
        raise QuoteFactsChanged
    priced = await aside(lambda: price(rule_set, basket_of(kept), situation, explain="full", pause=breathe))
    quoted_fen = kept.totals.payable_fen
    if priced.payable_fen != quoted_fen:
        if not (priced.proven and kept.totals.proven):
            raise QuoteNotReproduced(quoted_fen=quoted_fen, found_fen=priced.payable_fen)
        raise InvariantBroken(f"a quote of {quoted_fen} fen is now {priced.payable_fen} fen")
    return Why(version=kept.version, issued_at=kept.issued_at, expires_at=kept.expires_at, priced=priced)


async def _hidden(reads: Reads, kept: Kept) -> Mapping[str, Value]:
    """The personal attributes that the quote depended on, as they are now."""
    member_id = kept.member_id
    if member_id is None or not kept.hidden:
        return {}
    return await programme.values_now(reads, member_id, kept.hidden)
