"""Use cases of plans: give a member a plan, end it, say what they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from huixiang.coupons.service import given_on
from huixiang.kernel.errors import InvalidInput
from huixiang.kernel.ids import new_id
from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.members import service as members
from huixiang.members.model import MemberRef
from huixiang.members.model.merging import Held
from huixiang.members.service import merging
from huixiang.members.service.states import receiver
from huixiang.plans import store
from huixiang.plans.model import KIND, NewSubscription, PlanUnknown, Subscription, SubscriptionUnknown
from huixiang.platform.db import Transaction
from huixiang.rulebook import service as rulebook

MODULE = "plans"  # by which a merge knows it
LAST_ID = UUID(int=2**128 - 1)  # before it are all


async def subscribe(tx: Transaction, member_id: UUID, new: NewSubscription) -> Subscription:
    """Give a plan from now on. Raises MemberUnknown, StateRefuses, PlanUnknown, and InvalidInput for an end that is
    not later than now. The caller sees to it that it is asked once."""
    member_id = await receiver(tx, member_id)
    name = (KIND, new.plan)
    line = (await rulebook.timelines(tx, {name})).get(name)
    if line is None or line.find(tx.now) is None:
        raise PlanUnknown(plan=new.plan)
    if new.ends_at is not None and new.ends_at <= tx.now:
        raise InvalidInput(path="$.ends_at", problem="must lie in the future")
    given = Subscription(
        subscription_id=new_id(), plan=new.plan, state="active", starts_at=tx.now, ends_at=new.ends_at, ended_at=None
    )
    await store.insert(tx, member_id, given)
    await given_on.plan_begun(tx, member_id, new.plan)
    return given


async def end(tx: Transaction, member_id: UUID, subscription_id: UUID) -> Subscription:
    """End a plan now; one that has ended stays as it is. Raises SubscriptionUnknown."""
    found = await store.find(tx, member_id, subscription_id)
    if found is None:
        raise SubscriptionUnknown(subscription_id=subscription_id)
    if found.state == "ended":
        return found
    await store.end(tx, member_id, subscription_id)
    return msgspec.structs.replace(found, state="ended", ended_at=tx.now)


async def subscriptions(tx: Transaction, member_id: UUID, cursor: str | None, limit: int) -> Page[Subscription]:
    """What a member has and had, the latest first. Raises MemberUnknown, and InvalidInput for a cursor of another
    list."""
    before: UUID = decode_cursor(cursor, UUID)[0] if cursor else LAST_ID
    known = await members.resolve(tx, MemberRef(member_id=member_id))
    found = await store.subscriptions_before(tx, known, before, limit + 1)
    return page_of(found, limit, lambda last: (last.subscription_id,))


async def end_due(tx: Transaction, limit: int) -> int:
    """End what is over, up to a number; how many it was."""
    return await store.end_due(tx, limit)


async def merge(tx: Transaction, from_id: UUID, into_id: UUID, merge_id: UUID) -> None:
    """Move what a member has and had to the one whom they are merged into, and acknowledge it."""
    await store.move(tx, from_id, into_id, merge_id)
    await merging.acknowledge(tx, from_id, merge_id, MODULE)


async def unmerge(tx: Transaction, into_id: UUID, from_id: UUID, merge_id: UUID) -> None:
    """Move back what a merge brought, and acknowledge it."""
    await store.move_back(tx, into_id, from_id, merge_id)
    await merging.acknowledge(tx, from_id, merge_id, MODULE)


async def counted(tx: Transaction, member_ids: Sequence[UUID]) -> Mapping[UUID, Held]:
    """For the preview of a merge: what each has under their own id."""
    return await store.counted(tx, member_ids)
