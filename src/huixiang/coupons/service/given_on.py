"""Packs that are given by themselves: to who reaches a tier, to who begins a plan. Each by a job of its own, so that no
member's transaction waits for what others compete for.
"""

from __future__ import annotations

from uuid import UUID

import msgspec

from huixiang.coupons.events import CouponPackRefused
from huixiang.coupons.model.packs import PACK_KIND, CouponPack, CouponPackHad, GivenOn
from huixiang.coupons.rules.given_on import rises
from huixiang.coupons.service import claims, packs
from huixiang.kernel.errors import DomainError
from huixiang.platform.db import Transaction
from huixiang.platform.queue import enqueue
from huixiang.rulebook import service as rulebook
from huixiang.stock import service as stock
from huixiang.stock.model import Holder
from huixiang.tiers.model import TierRules
from huixiang.tiers.service import DOCUMENT

GIVE = "coupons.give_pack"
KEY = "given on"  # a member has a pack once, so one key is enough


class GivePack(msgspec.Struct, frozen=True):
    """A job: give a member a pack."""

    member_id: UUID
    pack: str


async def tier_changed(tx: Transaction, member_id: UUID, from_tier: str | None, to_tier: str) -> None:
    """Have the packs given that are given on a tier, to who comes from below."""
    order = [tier.code for tier in (await rulebook.current(tx, *DOCUMENT, at=tx.now)).read(TierRules).tiers]
    if rises(order, from_tier, to_tier):
        await _have_given(tx, member_id, GivenOn(tiers=(to_tier,)))


async def plan_begun(tx: Transaction, member_id: UUID, plan: str) -> None:
    """Have the packs given that are given on a plan."""
    await _have_given(tx, member_id, GivenOn(plans=(plan,)))


async def give(tx: Transaction, job: GivePack) -> None:
    """Give the pack whole; who had it gets no other. What is shared is taken last. A refusal is announced, and the pack
    may be given by hand."""
    try:
        async with tx.savepoint():
            planned = await packs.plan(tx, job.member_id, job.pack, "grant", KEY)
            if planned.empty:
                await packs.withhold(tx, planned)
            elif not planned.had:
                await packs.issue_planned(tx, planned)
                for one in sorted(planned.copies, key=lambda copy: copy.template):
                    if one.wanted:
                        holder = Holder(claims.HOLDER, one.coupon_id)
                        await stock.reserve(tx, holder, one.member_id, one.wanted, claims.TTL)
    except CouponPackHad:
        return  # by another who was quicker
    except DomainError as refusal:
        tx.emit(
            CouponPackRefused(member_id=job.member_id, occurred_at=tx.now, pack=job.pack, why=refusal.code)
        )  # fmt: skip


async def _have_given(tx: Transaction, member_id: UUID, on: GivenOn) -> None:
    in_force = sorted(one.code for one in await rulebook.versions(tx, PACK_KIND, in_force_only=True))
    lines = await rulebook.timelines(tx, {(PACK_KIND, code) for code in in_force})
    for code in in_force:
        document = lines[PACK_KIND, code].find(tx.now)
        given_on = document.read(CouponPack).given_on if document is not None else None
        if given_on and ({*given_on.tiers} & {*on.tiers} or {*given_on.plans} & {*on.plans}):
            await enqueue(tx, GIVE, GivePack(member_id, code))
