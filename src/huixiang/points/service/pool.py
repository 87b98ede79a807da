"""Family pools: who is in one, and what goes in and out of its account (PTS-09)."""

from __future__ import annotations

from uuid import UUID

from huixiang.kernel.ids import new_id
from huixiang.members import service as members
from huixiang.members.model import Ability
from huixiang.platform.db import Transaction
from huixiang.points.model import POINTS, PostingConflict, Settle
from huixiang.points.model.pool import (
    Pool,
    PoolBusy,
    PoolFull,
    PoolHeadOnly,
    PoolHeadStays,
    PoolInvitation,
    PoolMember,
    PoolNotAllowed,
    PoolNotInvited,
    PoolRules,
    PoolTaken,
    PoolUnknown,
    StoredPool,
)
from huixiang.points.model.transfer import Transfer
from huixiang.points.rules.pool import shares
from huixiang.points.service.batch import Accounts
from huixiang.points.service.post import lock_accounts, post
from huixiang.points.service.read import balance
from huixiang.points.service.transit import CONTRIBUTION, Outgoing, dispatch
from huixiang.points.store import pools as store
from huixiang.points.store import transfers as transfer_store
from huixiang.rulebook import service as rulebook

RULES_KIND = "pool"
RULES_CODE = "default"


async def rules_now(tx: Transaction) -> PoolRules:
    return (await rulebook.current(tx, RULES_KIND, RULES_CODE, tx.now)).read(PoolRules)


async def create_pool(tx: Transaction, head_id: UUID) -> Pool:
    """Found a pool with its head in it. Raises StateRefuses, PoolNotAllowed, PoolTaken."""
    await members.require_able(tx, head_id, Ability.SPEND)
    if not (await rules_now(tx)).allowed:
        raise PoolNotAllowed
    pool_id = new_id()
    if not await store.claim_person(tx, head_id, pool_id):
        raise PoolTaken
    await store.insert_pool(tx, pool_id, head_id)
    await store.put_person(tx, pool_id, head_id, "joined")
    return await _view(tx, pool_id)


async def invite(tx: Transaction, head_id: UUID, person_id: UUID) -> Pool:
    """Ask a member to join; who was asked before is asked anew. Raises PoolUnknown, PoolHeadOnly, PoolFull."""
    pool = await _lock_own(tx, head_id)
    people = await store.people_of(tx, pool.pool_id)
    if any(person.person_id == person_id and person.state == "joined" for person in people):
        raise PoolTaken
    rules = await rules_now(tx)
    counted = [person for person in people if person.state != "left" and person.person_id != person_id]
    if len(counted) >= rules.max_members:
        raise PoolFull(max_members=rules.max_members)
    await store.put_person(tx, pool.pool_id, person_id, "invited")
    return await _view(tx, pool.pool_id)


async def join(tx: Transaction, person_id: UUID, pool_id: UUID) -> Pool:
    """Take an invitation up. Raises StateRefuses, PoolUnknown, PoolNotInvited, PoolTaken."""
    await members.require_able(tx, person_id, Ability.SPEND)
    await _lock(tx, pool_id)
    asked = {one.person_id: one.state for one in await store.people_of(tx, pool_id)}
    if person_id not in asked:
        raise PoolUnknown
    if asked[person_id] != "invited":
        raise PoolNotInvited
    if not await store.claim_person(tx, person_id, pool_id):
        raise PoolTaken
    await store.put_person(tx, pool_id, person_id, "joined")
    return await _view(tx, pool_id)


async def contribute(tx: Transaction, person_id: UUID, points: int, *, transfer_id: UUID) -> Transfer:
    """Send points of a person on their way into their pool. The same id again answers with what became of it.

    Raises StateRefuses, PoolUnknown, InsufficientPoints, PostingConflict.
    """
    await members.require_able(tx, person_id, Ability.SPEND)
    locked = await lock_accounts(tx, [person_id], [POINTS])
    if known := await transfer_store.find_transfer(tx, person_id, transfer_id):
        if (known.points, known.purpose) != (points, CONTRIBUTION):
            raise PostingConflict(key=str(transfer_id))
        return known
    pool_id = await _pool_of(tx, person_id)
    outgoing = Outgoing(
        transfer_id=transfer_id, sender_id=person_id, receiver_id=pool_id, book=POINTS, points=points,
        purpose=CONTRIBUTION,
    )  # fmt: skip
    [sent] = await dispatch(tx, [outgoing], locked)
    return sent


async def leave(tx: Transaction, person_id: UUID) -> list[Transfer]:
    """Leave one's pool with one's share of what is available (`rules.pool.shares`), which goes on its way to the
    member; what is held stays. Raises PoolUnknown, PoolHeadStays."""
    pool = await _lock(tx, await _pool_of(tx, person_id))
    if pool.head_id == person_id:
        raise PoolHeadStays
    people = [one for one in await store.people_of(tx, pool.pool_id) if one.state == "joined"]
    locked = await _settled(tx, pool.pool_id)
    available = locked[pool.pool_id, POINTS.number].available
    share = shares(available, people, pool.head_id)[person_id]
    await store.put_person(tx, pool.pool_id, person_id, "left")
    await store.release_people(tx, [person_id])
    return await _pay_out(tx, pool, {person_id: share}, locked)


async def dissolve(tx: Transaction, head_id: UUID, pool_id: UUID) -> list[Transfer]:
    """End a pool: all that is in it goes to its people by their shares. What comes back because somebody may not
    receive it stays in the pool's account; dissolving again gives it to the head.

    Raises PoolUnknown, PoolHeadOnly, and PoolBusy while something is held.
    """
    pool = await _lock(tx, pool_id, dissolved_too=True)
    if pool.head_id != head_id:
        await member_of(tx, pool_id, head_id)  # to a stranger it is not there
        raise PoolHeadOnly
    locked = await _settled(tx, pool_id)
    account = locked[pool_id, POINTS.number]
    if account.held:
        raise PoolBusy(held=account.held)
    if pool.state == "dissolved":
        return await _pay_out(tx, pool, {head_id: account.available}, locked)
    people = [one for one in await store.people_of(tx, pool_id) if one.state == "joined"]
    await store.dissolve(tx, pool_id)
    await store.release_people(tx, [one.person_id for one in people])
    return await _pay_out(tx, pool, shares(account.available, people, head_id), locked)


async def limit_person(
    tx: Transaction, head_id: UUID, person_id: UUID, daily_points: int | None, monthly_points: int | None
) -> Pool:
    """Set how much a person may take out; None: as the rules say. Raises PoolUnknown, PoolHeadOnly, PoolNotInvited."""
    pool = await _lock_own(tx, head_id)
    if person_id not in {one.person_id for one in await store.people_of(tx, pool.pool_id) if one.state != "left"}:
        raise PoolNotInvited
    await store.limit_person(tx, pool.pool_id, person_id, daily_points, monthly_points)
    return await _view(tx, pool.pool_id)


async def read_pool(tx: Transaction, person_id: UUID) -> Pool:
    """The pool that a member is in. Raises PoolUnknown."""
    return await _view(tx, await _pool_of(tx, person_id))


async def invitations(tx: Transaction, person_id: UUID) -> list[PoolInvitation]:
    """The pools that a member is asked into, the latest first."""
    return [
        PoolInvitation(pool_id=pool_id, head_number=(await members.card(tx, head_id)).number, invited_at=invited_at)
        for pool_id, head_id, invited_at in await store.invitations(tx, person_id)
    ]


async def member_of(tx: Transaction, pool_id: UUID, person_id: UUID) -> PoolMember:
    """Raises PoolUnknown where the person is not in the pool."""
    for person in await store.people_of(tx, pool_id):
        if person.person_id == person_id and person.state == "joined":
            return person
    raise PoolUnknown


async def _pool_of(tx: Transaction, person_id: UUID) -> UUID:
    pool_id = await store.pool_of(tx, person_id)
    if pool_id is None:
        raise PoolUnknown
    return pool_id


async def _lock(tx: Transaction, pool_id: UUID, *, dissolved_too: bool = False) -> StoredPool:
    pool = (await store.lock_pools(tx, [pool_id])).get(pool_id)
    if pool is None or (pool.state != "open" and not dissolved_too):
        raise PoolUnknown
    return pool


async def _lock_own(tx: Transaction, head_id: UUID) -> StoredPool:
    pool = await _lock(tx, await _pool_of(tx, head_id))
    if pool.head_id != head_id:
        raise PoolHeadOnly
    return pool


async def _settled(tx: Transaction, pool_id: UUID) -> Accounts:
    """The pool's account, locked, after what is due on it."""
    await post(tx, [Settle(member_id=pool_id, book=POINTS)])
    return await lock_accounts(tx, [pool_id], [POINTS])


async def _pay_out(tx: Transaction, pool: StoredPool, parts: dict[UUID, int], locked: Accounts) -> list[Transfer]:
    outgoing = [
        Outgoing(
            transfer_id=new_id(), sender_id=pool.pool_id, receiver_id=person_id, book=POINTS, points=points,
            purpose="pool_return",
        )
        for person_id, points in parts.items()
        if points
    ]  # fmt: skip
    return await dispatch(tx, outgoing, locked)


async def _view(tx: Transaction, pool_id: UUID) -> Pool:
    pool = await store.find_pool(tx, pool_id)
    if pool is None:
        raise PoolUnknown
    people = [one for one in await store.people_of(tx, pool_id) if one.state != "left"]
    return Pool(
        pool_id=pool_id, head_id=pool.head_id, state=pool.state, created_at=pool.created_at, members=people,
        points=await balance(tx, pool_id, POINTS),
    )  # fmt: skip
