"""Use cases of benefits: give a member a benefit, use it for an order, end it, say what they have, and what is due."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from uuid import UUID

import msgspec

from huixiang.benefits import rules, store
from huixiang.benefits.events import BenefitReturned, BenefitUsed
from huixiang.benefits.model import (
    KIND,
    BenefitTerms,
    BenefitUnknown,
    Entitlement,
    EntitlementUnknown,
    GivenBack,
    NewEntitlement,
    Span,
)
from huixiang.kernel.errors import InvalidInput
from huixiang.kernel.ids import new_id
from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.members import service as members
from huixiang.members.model import MemberRef
from huixiang.members.model.merging import Held
from huixiang.members.service import merging
from huixiang.members.service.states import receiver
from huixiang.platform.db import Transaction
from huixiang.rulebook import service as rulebook

REFILLED: tuple[Span, ...] = ("month", "week", "day")

MODULE = "benefits"  # by which a merge knows it
LAST_ID = UUID(int=2**128 - 1)  # before it are all


async def entitle(tx: Transaction, member_id: UUID, new: NewEntitlement) -> Entitlement:
    """Give a benefit from now on. Raises MemberUnknown, StateRefuses, BenefitUnknown, and InvalidInput for an end
    that is no later than now and for more used than the quota. The caller sees to it that it is asked once."""
    member_id = await receiver(tx, member_id)
    given = await _entitlement(tx, new)
    await store.insert(tx, member_id, given, _period_from(tx, given.in_a))
    return given


async def entitle_many(tx: Transaction, members_with_ids: Sequence[tuple[UUID, UUID]], new: NewEntitlement) -> None:
    """Give a benefit to many members, each entitlement with its id. The caller holds the members' states. Raises as
    `entitle`, but of members."""
    given = await _entitlement(tx, new)
    await store.insert_many(tx, members_with_ids, given, _period_from(tx, given.in_a))


async def terms_of(tx: Transaction, benefit: str) -> BenefitTerms:
    """What a benefit is now. Raises BenefitUnknown."""
    name = (KIND, benefit)
    line = (await rulebook.timelines(tx, {name})).get(name)
    document = line.find(tx.now) if line else None
    if document is None:
        raise BenefitUnknown(benefit=benefit)
    return document.read(BenefitTerms)


async def _entitlement(tx: Transaction, new: NewEntitlement) -> Entitlement:
    terms = await terms_of(tx, new.benefit)
    if new.ends_at is not None and new.ends_at <= tx.now:
        raise InvalidInput(path="$.ends_at", problem="must lie in the future")
    if new.used > (terms.times or 0):
        raise InvalidInput(path="$.used", problem=f"must not be above the quota, {terms.times or 0}")
    return Entitlement(
        entitlement_id=new_id(),
        benefit=new.benefit,
        source=new.source,
        state="active",
        quota=terms.times,
        in_a=terms.in_a,
        used=new.used,
        starts_at=tx.now,
        ends_at=new.ends_at,
        ended_at=None,
    )


async def end(tx: Transaction, member_id: UUID, entitlement_id: UUID) -> Entitlement:
    """End a benefit now; one that has ended stays as it is. Raises EntitlementUnknown."""
    found = await store.find(tx, member_id, entitlement_id)
    if found is None:
        raise EntitlementUnknown(entitlement_id=entitlement_id)
    if found.state == "ended":
        return found
    await store.end(tx, member_id, entitlement_id)
    return msgspec.structs.replace(found, state="ended", ended_at=tx.now)


async def end_many(tx: Transaction, entitlements: Sequence[tuple[UUID, UUID]]) -> dict[UUID, int]:
    """End entitlements, each of the member who has it now: how much of the present period's quota was used of each that
    had not ended."""
    return await store.end_many(tx, entitlements)


async def entitlements(tx: Transaction, member_id: UUID, cursor: str | None, limit: int) -> Page[Entitlement]:
    """What a member has and had, the latest first. Raises MemberUnknown, and InvalidInput for a cursor of another
    list."""
    before: UUID = decode_cursor(cursor, UUID)[0] if cursor else LAST_ID
    known = await members.resolve(tx, MemberRef(member_id=member_id))
    found = await store.entitlements_before(tx, known, before, limit + 1)
    return page_of(found, limit, lambda last: (last.entitlement_id,))


async def end_due(tx: Transaction, limit: int) -> int:
    """End what is over, up to a number; how many it was."""
    return await store.end_due(tx, limit)


async def refill_due(tx: Transaction, limit: int) -> int:
    """Give back the quotas of periods that are over, up to a number of each kind; how many at most of one."""
    return max([await store.refill(tx, span, _period_from(tx, span), limit) for span in REFILLED])


def _period_from(tx: Transaction, span: Span) -> date:
    return rules.period_from(span, tx.calendar.day(tx.now), tx.calendar)


async def hold(tx: Transaction, member_id: UUID, order_id: UUID, benefits: Collection[str]) -> list[str]:
    """Keep a use of each benefit for an order, once; the benefits of which nothing is left: then the transaction must
    not be kept. The caller has locked the member's account."""
    if not benefits:
        return []
    held = await store.lock_active(tx, member_id, benefits)
    uses, lacking = rules.choose(benefits, held, tx.now, tx.calendar)
    if not lacking:
        await store.hold(tx, member_id, order_id, uses)
    return lacking


async def use(tx: Transaction, member_id: UUID, order_id: UUID) -> list[str]:
    """What an order holds is used; the benefits that it is of."""
    used = await store.use(tx, member_id, order_id)
    for one in used:
        tx.emit(
            BenefitUsed(
                member_id=member_id, occurred_at=tx.now, benefit=one.benefit, entitlement_id=one.entitlement_id,
                order_id=order_id,
            )
        )  # fmt: skip
    return [one.benefit for one in used]


async def release(tx: Transaction, member_id: UUID, order_id: UUID) -> list[str]:
    """An order takes nothing after all; the benefits of which it held a use."""
    return [one.benefit for one in await store.give_back(tx, member_id, order_id, "held")]


async def give_back(tx: Transaction, member_id: UUID, order_id: UUID) -> list[GivenBack]:
    """An order that used benefits came back whole. Harmless when repeated."""
    back = await store.give_back(tx, member_id, order_id, "used")
    for one in back:
        tx.emit(
            BenefitReturned(
                member_id=member_id, occurred_at=tx.now, benefit=one.benefit, entitlement_id=one.entitlement_id,
                order_id=order_id, counts=one.counts,
            )
        )  # fmt: skip
    return back


async def names(tx: Transaction, benefits: Collection[str]) -> set[str]:
    """Those of them that are documents by now."""
    return {code for _, code in await rulebook.timelines(tx, {(KIND, one) for one in benefits})}


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
