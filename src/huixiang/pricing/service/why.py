"""Why a quote costs what it does: priced again from its token, explained in full."""

from __future__ import annotations

from uuid import UUID

from huixiang.kernel.errors import InvariantBroken
from huixiang.pricing.model.kept import Kept
from huixiang.pricing.model.priced import Priced
from huixiang.pricing.model.quotes import Why
from huixiang.pricing.model.refusals import QuoteNotReproduced, QuoteOfAnother
from huixiang.pricing.rules.engine import price
from huixiang.pricing.rules.kept import basket_of
from huixiang.pricing.service import tokens
from huixiang.pricing.service.again import situated
from huixiang.pricing.service.aside import aside, breathe
from huixiang.pricing.service.reads import Reads


async def why(reads: Reads, token: str, of: UUID | None = None) -> Why:
    """of: the member who asks, who may ask of their own quotes alone; None for a system. An expired quote is explained
    too.

    Raises QuoteTokenInvalid, QuoteOfAnother, QuoteFactsChanged where personal data that it depended on are other ones
    now, QuoteNotReproduced where it was not proven and another version of the program finds something else, Overloaded
    where too many wait for what takes long, and InvariantBroken where what is proven does not cost the same.
    """
    kept = tokens.read_token(token)
    if of is not None and kept.member_id != of:
        raise QuoteOfAnother
    rule_set, situation = await situated(reads, kept)
    priced = await aside(lambda: price(rule_set, basket_of(kept), situation, explain="full", pause=breathe))
    _require_same(kept, priced)
    return Why(version=kept.version, issued_at=kept.issued_at, expires_at=kept.expires_at, priced=priced)


def _require_same(kept: Kept, priced: Priced) -> None:
    quoted_fen, found_fen = kept.totals.payable_fen, priced.payable_fen
    if found_fen == quoted_fen:
        return
    if not (priced.proven and kept.totals.proven):
        raise QuoteNotReproduced(quoted_fen=quoted_fen, found_fen=found_fen)
    raise InvariantBroken(f"a quote of {quoted_fen} fen is now {found_fen} fen")
