"""Why a quote costs what it does: priced again from its token, explained in full."""

from __future__ import annotations

from uuid import UUID

from huixiang.pricing.model.quotes import Why
from huixiang.pricing.model.refusals import QuoteOfAnother
from huixiang.pricing.service import tokens
from huixiang.pricing.service.again import priced_again
from huixiang.pricing.service.reads import Reads


async def why(reads: Reads, token: str, of: UUID | None = None) -> Why:
    """of: the member who asks, who may ask of their own quotes alone; None for a system. An expired quote is explained
    too. Raises QuoteTokenInvalid, QuoteOfAnother, and what `priced_again` raises."""
    kept = tokens.read_token(token)
    if of is not None and kept.member_id != of:
        raise QuoteOfAnother
    _, priced = await priced_again(reads, kept, "full")
    return Why(version=kept.version, issued_at=kept.issued_at, expires_at=kept.expires_at, priced=priced)
