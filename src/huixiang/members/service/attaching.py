"""The one way by which something more comes to find a member, whoever vouches for it: a system, staff, a provider."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal
from uuid import UUID

import msgspec

from huixiang.members import store
from huixiang.members.events import IdentityLinked
from huixiang.members.model import ExternalId, IdentityTaken, StoredIdentity
from huixiang.members.model.identities import IdentitiesFull, IdentityOfAnother, IdentitySourceHeld
from huixiang.members.service import once
from huixiang.members.service.vault import vault
from huixiang.members.store import identities as identity_store
from huixiang.members.store import states as state_store
from huixiang.platform.db import Transaction
from huixiang.staff import service as staff
from huixiang.staff.model import AuditEntry

MOST = 16


class Wanted(msgspec.Struct, frozen=True):
    """What is to find a member: a phone as E.164, or what a system (`source`) calls them."""

    value: str
    source: str | None = None

    @property
    def key(self) -> store.DirectoryKey:
        if self.source is None:
            return vault().phone_key(self.value)
        return vault().external_key(ExternalId(self.source, self.value))


async def add(tx: Transaction, owner: UUID, wanted: Sequence[Wanted], by: str, reason: str) -> None:
    """Let these find a member, who is locked; what does so already changes nothing. Either all are added or none.

    Raises IdentitySourceHeld, IdentitiesFull, IdentityOfAnother.
    """
    new = await missing(tx, owner, wanted)
    if not new:
        return
    if taken := await store.claim(tx, dict.fromkeys(new, owner)):
        await store.release(tx, [key for key in new if key not in taken])
        key = min(taken)
        raise await of_another(tx, key, (await store.owners(tx, [key]))[key])
    await _keep(tx, owner, new.values())
    await once.gained(tx, owner, [key for _, key in new])
    for (kind, _), one in new.items():
        tx.emit(IdentityLinked(member_id=owner, occurred_at=tx.now, kind=kind, source=one.source))
        await audit(tx, owner, "member.identity_linked", kind, one.source, reason, by)


async def missing(tx: Transaction, owner: UUID, wanted: Sequence[Wanted]) -> dict[store.DirectoryKey, Wanted]:
    """Of these what does not find the member yet. Raises IdentitySourceHeld, IdentitiesFull."""
    theirs = await identity_store.of_member(tx, owner)
    new = {one.key: one for one in wanted}
    for _, key, _ in theirs:
        new.pop(key, None)
    held = {source for _, _, source in theirs if source is not None}
    for one in new.values():
        if one.source in held:
            raise IdentitySourceHeld(source=one.source)
    if new and len(theirs) + len(new) > MOST:
        raise IdentitiesFull(most=MOST)
    return new


async def of_another(tx: Transaction, key: store.DirectoryKey, other: UUID) -> IdentityOfAnother:
    """The refusal that says whose it is, by the id that they go by."""
    return IdentityOfAnother(kind=key[0], member_id=(await state_store.canonical(tx, [other])).get(other, other))


async def attach(tx: Transaction, member_id: UUID, identities: Sequence[ExternalId]) -> None:
    """Let what a provider calls somebody find the member as whom they sign in. Raises IdentityTaken where it is another
    member's, without telling whose, IdentitySourceHeld, IdentitiesFull."""
    await state_store.lock_members(tx, [member_id])
    wanted = [Wanted(one.external_id, one.source) for one in identities]
    try:
        await add(tx, member_id, wanted, f"member:{member_id}", "signed in by a provider")
    except IdentityOfAnother:
        raise IdentityTaken(kind="external", source=identities[0].source) from None


async def learn(tx: Transaction, member_id: UUID, identities: Sequence[ExternalId]) -> None:
    """The same of what nobody has, as far as the member has no other name of that source."""
    theirs = await identity_store.of_member(tx, member_id)
    held = {source for _, _, source in theirs}
    unheld = [one for one in identities if one.source not in held]
    if unheld and len(theirs) + len(unheld) <= MOST:
        await attach(tx, member_id, unheld)


async def audit(
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


async def _keep(tx: Transaction, owner: UUID, new: Iterable[Wanted]) -> None:
    safe = (await vault().open_safes(await store.wrapped_keys_of(tx, [owner])))[owner]
    sealed = []
    for one in new:
        kind: Literal["external", "phone"] = "phone" if one.source is None else "external"
        field = "phone" if one.source is None else f"external:{one.source}"
        tail = vault().tail(one.value) if one.source is None else None
        sealed.append(StoredIdentity(owner, kind, one.key[1], one.source, safe.seal(field, one.value), tail))
    await store.insert_identities(tx, sealed)
    await store.insert_sources(tx, (one.source for one in sealed if one.source is not None))
