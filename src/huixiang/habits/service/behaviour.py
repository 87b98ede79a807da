"""That a signed-in member was seen, and what they looked at; and forgetting all of it."""

from __future__ import annotations

from uuid import UUID

from huixiang.catalogue import service as catalogue
from huixiang.catalogue.model import CategoryUnknown
from huixiang.habits.model import Behaviour, NewBehaviour
from huixiang.habits.rules import FUTURE_TOLERATED
from huixiang.habits.service.reckoning import lifecycle
from huixiang.habits.store import behaviour as store
from huixiang.habits.store import marks
from huixiang.kernel.errors import InvalidInput
from huixiang.members import service as members
from huixiang.members.model import Ability, MemberRef, MemberUnknown
from huixiang.platform.db import Transaction


async def note(tx: Transaction, member_id: UUID, new: NewBehaviour) -> Behaviour:
    """Keep it where it is later than what is known; what stands then.

    Raises MemberUnknown, StateRefuses for who may not sign in, CategoryUnknown, and InvalidInput for what lies ahead.
    """
    owner = await members.resolve(tx, MemberRef(member_id=member_id))
    await members.require_able(tx, owner, Ability.SIGN_IN)
    seen_at = new.seen_at or tx.now
    if seen_at > tx.now + FUTURE_TOLERATED:
        raise InvalidInput(path="$.seen_at", problem="lies in the future")
    if new.viewed_category is not None and not await catalogue.category_paths(tx, [new.viewed_category]):
        raise CategoryUnknown(category=new.viewed_category)
    if await store.is_forgotten(tx, owner):
        raise MemberUnknown(by="member_id")
    before = await store.note(tx, owner, seen_at, new.viewed_category)
    if before is None or tx.calendar.day(seen_at) > tx.calendar.day(before):
        rules, _ = await lifecycle(tx)
        if rules.measured_by != "orders":
            await marks.mark(tx, {owner: tx.now})
    stands = await store.behaviour_of(tx, owner)
    return stands or Behaviour(None, None, None)


async def forget(tx: Transaction, member_id: UUID) -> None:
    """What an erasure asks of habits: nothing that was reckoned or told of the member stays, and nothing is reckoned
    again, though their orders stay. What members keeps in clear goes by `members.service.derived.forget`."""
    await marks.take(tx, [member_id])
    await store.forget(tx, member_id)
