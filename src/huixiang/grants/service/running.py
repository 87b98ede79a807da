"""Carrying a grant out, and undoing it: the next rows of it, in one transaction, and then the next."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

import msgspec
from msgspec.structs import replace

from huixiang.coupons.service import many as coupons
from huixiang.grants.model import Bulk, CouponGift, Gift, PointsGift, Step, TierGift
from huixiang.grants.rules.states import IN_WORK, Verb, led_to
from huixiang.grants.service.approving import enqueue_step, find
from huixiang.grants.service.giving import Row, give, give_left, take_back
from huixiang.grants.service.making import record
from huixiang.grants.store import bulks, recipients
from huixiang.kernel.errors import DomainError
from huixiang.members.service import states
from huixiang.platform.db import Transaction
from huixiang.stock.model import Holder

HOLDER = "grant"  # the kind of holder that a grant is of what members share
SYSTEM = "huixiang"
UNKNOWN = "unknown"


class AtOnce(msgspec.Struct, frozen=True):
    """How much a step does. Of points the bulk door takes the more the better; what it leaves goes row by row."""

    points: int = 20_000
    copies: int = 5_000
    tiers: int = 500
    left: int = 1_000
    taken: int = 2_000
    stopped: int = 50_000


USUAL = AtOnce()


async def step(tx: Transaction, job: Step, at_once: AtOnce = USUAL) -> None:
    """One step of a grant that is in work, by the chain of jobs that it has now."""
    bulk = await find(tx, job.grant_id, lock=True)
    if bulk.generation != job.generation or bulk.state not in IN_WORK:
        return
    match bulk.state:
        case "running":
            after = await _give_more(tx, bulk, at_once)
        case "stopping":
            after = await _stop_more(tx, bulk, at_once.stopped)
        case _:
            many = at_once.tiers if isinstance(bulk.gift, TierGift) else at_once.taken
            after = await _undo_more(tx, bulk, many)
    await bulks.save(tx, after)
    if after.state in IN_WORK:
        await enqueue_step(tx, after)
    else:
        await record(tx, after, f"grant.{after.state}", SYSTEM, None)


async def steer(tx: Transaction, grant_id: UUID, verb: Verb, reason: str, by: UUID) -> Bulk:
    """Pause, resume or stop. What is being given in this moment is given. Raises GrantUnknown, GrantStateFixed."""
    bulk = await find(tx, grant_id, lock=True)
    after = replace(bulk, state=led_to(bulk.state, verb))
    if after.state in IN_WORK:
        after = replace(after, generation=bulk.generation + 1)
        await enqueue_step(tx, after)
    await bulks.save(tx, after)
    done = {"pause": "paused", "resume": "resumed", "stop": "stopping"}
    await record(tx, after, f"grant.{done[verb]}", f"staff:{by}", reason)
    return after


async def _give_more(tx: Transaction, bulk: Bulk, at_once: AtOnce) -> Bulk:
    """What the bulk door left first: it needs a transaction of its own, and there is seldom any."""
    if isinstance(bulk.gift, CouponGift) and bulk.kept is None:
        return replace(bulk, kept=await _keep(tx, bulk, bulk.gift.template))
    rows = await recipients.left(tx, bulk.grant_id, at_once.left)
    if rows:
        return await _settle(tx, bulk, rows, left=True)
    many = _many(bulk.gift, at_once)
    rows = await recipients.planned_after(tx, bulk.grant_id, bulk.after, many)
    if rows:
        return replace(await _settle(tx, bulk, rows, left=False), after=rows[-1][0])
    return await _ended(tx, bulk, "done")


async def _keep(tx: Transaction, bulk: Bulk, template: str) -> int:
    """Copies of those that all members share, in a step of its own: none where the template is no more given, as each
    row says then."""
    try:
        return await coupons.keep(tx, Holder(HOLDER, bulk.grant_id), template, bulk.preview.total)
    except DomainError:
        return 0


async def _ended(tx: Transaction, bulk: Bulk, how: Literal["done", "stopped"]) -> Bulk:
    """Nothing more is given; what was kept for that is left to others."""
    if isinstance(bulk.gift, CouponGift) and bulk.kept:
        holder = Holder(HOLDER, bulk.grant_id)
        await coupons.give_back(tx, holder, bulk.gift.template, bulk.kept, bulk.kept - bulk.given)
    return replace(bulk, state=how, ended_as=how, ended_at=tx.now, after=None)


def _many(gift: Gift, at_once: AtOnce) -> int:
    if isinstance(gift, PointsGift):
        return at_once.points
    return at_once.tiers if isinstance(gift, TierGift) else max(at_once.copies // gift.amount, 1)


async def _settle(tx: Transaction, bulk: Bulk, rows: list[Row], *, left: bool) -> Bulk:
    """Give to those whose state still lets them have it."""
    held = await states.share_receivers(tx, [member for member, _ in rows])
    skipped = {member: str(held.get(member, UNKNOWN)) for member, _ in rows if held.get(member, UNKNOWN) is not None}
    able = [row for row in rows if row[0] not in skipped]
    settled = await (give_left if left else give)(tx, bulk, able) if able else {}
    await recipients.settle(tx, bulk.grant_id, settled, skipped)
    return replace(
        bulk,
        granted=bulk.granted + sum(one.given > 0 for one in settled.values()),
        failed=bulk.failed + sum(one.refusal is not None for one in settled.values()),
        skipped=bulk.skipped + len(skipped),
        given=bulk.given + sum(one.given for one in settled.values()),
    )


async def _stop_more(tx: Transaction, bulk: Bulk, many: int) -> Bulk:
    stopped = await recipients.stop(tx, bulk.grant_id, many)
    if stopped:
        return replace(bulk, skipped=bulk.skipped + stopped)
    return await _ended(tx, bulk, "stopped")


async def _undo_more(tx: Transaction, bulk: Bulk, many: int) -> Bulk:
    rows = await recipients.granted_after(tx, bulk.grant_id, bulk.after, many)
    if not rows:
        return replace(bulk, state="undone", undone_at=tx.now, after=None)
    await states.share_receivers(tx, [member for member, _ in rows])  # nobody is merged meanwhile
    taken = await take_back(tx, bulk, rows)
    await recipients.note_taken(tx, bulk.grant_id, taken)
    return replace(
        bulk,
        after=rows[-1][0],
        looked_at=bulk.looked_at + len(taken),
        taken=bulk.taken + sum(one.taken for one in taken),
    )
