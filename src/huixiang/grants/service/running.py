"""Carrying a grant out, and undoing it: the next rows of it, in one transaction, and then the next."""

from __future__ import annotations

from uuid import UUID

import msgspec
from msgspec.structs import replace

from huixiang.grants.model import Bulk, Gift, PointsGift, Step, TierGift
from huixiang.grants.rules.states import IN_WORK, Verb, led_to
from huixiang.grants.service.approving import enqueue_step, find
from huixiang.grants.service.giving import Row, give, give_left, take_back
from huixiang.grants.service.making import record
from huixiang.grants.store import bulks, recipients
from huixiang.members.service import states
from huixiang.platform.db import Transaction

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
    rows = await recipients.left(tx, bulk.grant_id, at_once.left)
    if rows:
        return await _settle(tx, bulk, rows, left=True)
    many = _many(bulk.gift, at_once)
    rows = await recipients.planned_after(tx, bulk.grant_id, bulk.after, many)
    if rows:
        return replace(await _settle(tx, bulk, rows, left=False), after=rows[-1][0])
    return replace(bulk, state="done", ended_as="done", ended_at=tx.now, after=None)


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
    return replace(bulk, state="stopped", ended_as="stopped", ended_at=tx.now, after=None)


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
