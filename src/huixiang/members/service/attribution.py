"""By what ways members came (MEM-05). What was told once stays; the first and the last are found in order of time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from huixiang.kernel.errors import InvalidInput
from huixiang.members import rules
from huixiang.members.model import MemberRef, MemberUnknown, Origin
from huixiang.members.model.attribution import (
    Attribution,
    By,
    NewTouch,
    OwnReferrer,
    SourceSum,
    Touch,
    Which,
)
from huixiang.members.service.look_up import resolve
from huixiang.members.store import attribution as store
from huixiang.members.store import states as state_store
from huixiang.platform.db import Transaction

DAYS_MAX = 366


async def tell(tx: Transaction, member_id: UUID, new: NewTouch) -> Attribution:
    """Note another way by which a member came. The caller sees to it that it is asked once.

    Raises MemberUnknown, also for the referrer, OwnReferrer, and InvalidInput for the future.
    """
    owner = await resolve(tx, MemberRef(member_id=member_id))
    occurred_at = new.occurred_at or tx.now
    if occurred_at > tx.now + rules.FUTURE_TOLERATED:
        raise InvalidInput(path="$.occurred_at", problem="must not lie in the future")
    referrer_id = None if new.referrer is None else await resolve(tx, new.referrer)
    if referrer_id == owner:
        raise OwnReferrer
    if not await state_store.lock_members(tx, [owner]):
        raise MemberUnknown(by="member_id")
    touch = touch_of(new, await store.next_seq(tx, owner), new.channel, occurred_at, referrer_id)
    await store.insert_first(tx, [(owner, touch)])
    return await attribution(tx, owner)


def touch_of(origin: Origin, seq: int, channel: str, occurred_at: datetime, referrer_id: UUID | None) -> Touch:
    return Touch(
        seq=seq,
        channel=channel,
        scene=origin.scene,
        store=origin.store,
        guide=origin.guide,
        campaign=origin.campaign,
        referrer_id=referrer_id,
        occurred_at=occurred_at,
    )


async def attribution(tx: Transaction, member_id: UUID) -> Attribution:
    """Raises MemberUnknown."""
    owner = await resolve(tx, MemberRef(member_id=member_id))
    told = await store.touches_of(tx, owner)
    return Attribution(
        member_id=owner, first=told[0] if told else None, last=told[-1] if told else None, touches=len(told)
    )


async def sums(tx: Transaction, by: By, which: Which, first_day: date, last_day: date) -> list[SourceSum]:
    """Members whose first or last touch lies between two business days, by source, at most 500 of
    them. Raises InvalidInput for days in the wrong order, and for more than a year."""
    if last_day < first_day:
        raise InvalidInput(path="to", problem="must not be before from")
    if last_day - first_day >= timedelta(days=DAYS_MAX):
        raise InvalidInput(path="to", problem=f"a period has at most {DAYS_MAX} days")
    starts_at, ends_at = (tx.calendar.start_of(day) for day in (first_day, last_day + timedelta(days=1)))
    return await store.sums(tx, by, which, starts_at, ends_at)
