"""Every row again from the orders, by a way of its own; and what of the rows is not what the orders come to."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from huixiang.habits.model import Difference, Rebuilt
from huixiang.habits.service.reckoning import lifecycle
from huixiang.habits.store import marks
from huixiang.habits.store import rebuild as store
from huixiang.platform.db import Transaction

PAGE = 5_000


async def rebuild(tx: Transaction, after: UUID | None, *, check: bool, limit: int = PAGE) -> Rebuilt:
    """The next page of members after one. check: change nothing."""
    member_ids = await store.page(tx, after, limit)
    if not check:
        await marks.take(tx, member_ids)
    found = await differences(tx, member_ids)
    if found and not check:
        rules, version = await lifecycle(tx)
        different = [one.member_id for one in found]
        await store.write(tx, different, tx.calendar.day(tx.now), rules, version)
    return Rebuilt(len(member_ids), found, member_ids[-1] if len(member_ids) == limit else None)


async def differences(tx: Transaction, member_ids: Sequence[UUID]) -> list[Difference]:
    """Of these members, whose rows are not what their orders come to. What was just told and is not handed over yet is
    a difference too, for a moment."""
    rules, version = await lifecycle(tx)
    return await store.differences(tx, member_ids, tx.calendar.day(tx.now), rules, version)
