"""Many identities of one member: linked, and taken off again (MEM-02)."""

from __future__ import annotations

from uuid import UUID

from huixiang.kernel.errors import InvalidInput
from huixiang.members import rules, store
from huixiang.members.events import IdentityUnlinked
from huixiang.members.model import Ability, MemberCard, MemberRef, MemberUnknown
from huixiang.members.model.identities import (
    Identity,
    IdentityUnknown,
    LastIdentity,
)
from huixiang.members.service.attaching import Wanted, add, audit
from huixiang.members.service.cards import card
from huixiang.members.service.look_up import resolve
from huixiang.members.service.states import require
from huixiang.members.store import identities as identity_store
from huixiang.members.store import states as state_store
from huixiang.platform.db import Transaction


async def link(tx: Transaction, member_id: UUID, identity: Identity, by: str) -> MemberCard:
    """Let something more find a member; what does so already changes nothing. Whoever calls this has made sure that it
    is theirs. by: `staff:<id>` or `key:<id>`.

    Raises MemberUnknown, StateRefuses, InvalidInput for what is no phone, IdentityOfAnother, which says with whom to
    merge, IdentitySourceHeld, IdentitiesFull.
    """
    owner = await locked(tx, member_id)
    await add(tx, owner, [wanted_of(identity)], by, identity.reason)
    return await card(tx, owner)


async def unlink(tx: Transaction, member_id: UUID, identity: Identity, by: str) -> MemberCard:
    """Let something find a member no more; others may have it from now on.

    Raises MemberUnknown, StateRefuses, InvalidInput, IdentityUnknown, LastIdentity.
    """
    owner = await locked(tx, member_id)
    key = wanted_of(identity).key
    whose, source = await removable(tx, owner, key)
    await identity_store.delete(tx, whose, key)
    await store.release(tx, [key])
    tx.emit(IdentityUnlinked(member_id=owner, occurred_at=tx.now, kind=key[0], source=source))
    await audit(tx, owner, "member.identity_unlinked", key[0], source, identity.reason, by)
    return await card(tx, owner)


async def removable(tx: Transaction, owner: UUID, key: store.DirectoryKey) -> tuple[UUID, str | None]:
    """By which of the ids that come to a member this finds them, and which system gave it. Raises IdentityUnknown,
    LastIdentity."""
    theirs = await identity_store.of_member(tx, owner)
    found = next(((whose, source) for whose, known, source in theirs if known == key), None)
    if found is None:
        raise IdentityUnknown(kind=key[0])
    if len(theirs) == 1:
        raise LastIdentity
    return found


async def locked(tx: Transaction, member_id: UUID) -> UUID:
    """By which id the member goes. They may be neither blocked nor on their way into another."""
    owner = await resolve(tx, MemberRef(member_id=member_id))
    found = (await state_store.lock_members(tx, [owner])).get(owner)
    if found is None:
        raise MemberUnknown(by="member_id")
    require(*found, Ability.SPEND)
    return owner


def wanted_of(identity: Identity) -> Wanted:
    """Raises InvalidInput for what is no phone."""
    if (external := identity.external) is not None:
        return Wanted(external.external_id, external.source)
    phone = rules.normal_phone(identity.phone or "")
    if phone is None:
        raise InvalidInput(path="$.phone", problem="not a phone number")
    return Wanted(phone)
