"""Many identities of one member: linked, and taken off again (MEM-02)."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from huixiang.kernel.errors import InvalidInput
from huixiang.members import rules, store
from huixiang.members.events import IdentityLinked, IdentityUnlinked
from huixiang.members.model import Ability, MemberCard, MemberRef, MemberUnknown, StoredIdentity
from huixiang.members.model.identities import (
    IdentitiesFull,
    Identity,
    IdentityOfAnother,
    IdentitySourceHeld,
    IdentityUnknown,
    LastIdentity,
)
from huixiang.members.service.cards import card
from huixiang.members.service.look_up import resolve
from huixiang.members.service.states import require
from huixiang.members.service.vault import vault
from huixiang.members.store import identities as identity_store
from huixiang.members.store import states as state_store
from huixiang.platform.db import Transaction
from huixiang.staff import service as staff
from huixiang.staff.model import AuditEntry

MOST = 16


async def link(tx: Transaction, member_id: UUID, identity: Identity, by: str) -> MemberCard:
    """Let something more find a member; what does so already changes nothing. Whoever calls this has made sure that it
    is theirs. by: `staff:<id>` or `key:<id>`.

    Raises MemberUnknown, StateRefuses, InvalidInput for what is no phone, IdentityOfAnother, which says with whom to
    merge, IdentitySourceHeld, IdentitiesFull.
    """
    owner = await _locked(tx, member_id)
    key = _key(identity)
    theirs = await identity_store.of_member(tx, owner)
    if any(known == key for _, known, _ in theirs):
        return await card(tx, owner)
    external = identity.external
    if external is not None and any(source == external.source for _, _, source in theirs):
        raise IdentitySourceHeld(source=external.source)
    if len(theirs) >= MOST:
        raise IdentitiesFull(most=MOST)
    if await store.claim(tx, {key: owner}):
        other = (await store.owners(tx, [key]))[key]
        raise IdentityOfAnother(kind=key[0], member_id=(await state_store.canonical(tx, [other])).get(other, other))
    safe = (await vault().open_safes(await store.wrapped_keys_of(tx, [owner])))[owner]
    source = external.source if external is not None else None
    if external is not None:
        sealed = safe.seal(f"external:{external.source}", external.external_id)
        await store.insert_sources(tx, [external.source])
        tail = None
    else:
        phone = rules.normal_phone(identity.phone or "") or ""
        sealed, tail = safe.seal("phone", phone), vault().tail(phone)
    kind: Literal["external", "phone"] = "external" if source else "phone"
    await store.insert_identities(tx, [StoredIdentity(owner, kind, key[1], source, sealed, tail)])
    tx.emit(IdentityLinked(member_id=owner, occurred_at=tx.now, kind=key[0], source=source))
    await _audit(tx, owner, "member.identity_linked", key[0], source, identity.reason, by)
    return await card(tx, owner)


async def unlink(tx: Transaction, member_id: UUID, identity: Identity, by: str) -> MemberCard:
    """Let something find a member no more; others may have it from now on.

    Raises MemberUnknown, StateRefuses, InvalidInput, IdentityUnknown, LastIdentity.
    """
    owner = await _locked(tx, member_id)
    key = _key(identity)
    theirs = await identity_store.of_member(tx, owner)
    found = next(((whose, source) for whose, known, source in theirs if known == key), None)
    if found is None:
        raise IdentityUnknown(kind=key[0])
    if len(theirs) == 1:
        raise LastIdentity
    whose, source = found
    await identity_store.delete(tx, whose, key)
    await store.release(tx, [key])
    tx.emit(IdentityUnlinked(member_id=owner, occurred_at=tx.now, kind=key[0], source=source))
    await _audit(tx, owner, "member.identity_unlinked", key[0], source, identity.reason, by)
    return await card(tx, owner)


async def _locked(tx: Transaction, member_id: UUID) -> UUID:
    """By which id the member goes. They may be neither blocked nor on their way into another."""
    owner = await resolve(tx, MemberRef(member_id=member_id))
    found = (await state_store.lock_members(tx, [owner])).get(owner)
    if found is None:
        raise MemberUnknown(by="member_id")
    require(*found, Ability.SPEND)
    return owner


def _key(identity: Identity) -> tuple[str, str]:
    if (external := identity.external) is not None:
        return vault().external_key(external)
    phone = rules.normal_phone(identity.phone or "")
    if phone is None:
        raise InvalidInput(path="$.phone", problem="not a phone number")
    return vault().phone_key(phone)


async def _audit(
    tx: Transaction, member_id: UUID, action: str, kind: str, source: str | None, reason: str, by: str
) -> None:
    await staff.record(
        tx,
        AuditEntry(
            actor=by,
            action=action,
            subject=f"member:{member_id}",
            member_id=member_id,
            after={"kind": kind, "source": source},
            reason=reason,
        ),
    )
