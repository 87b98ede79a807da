"""Names that a provider gave are put beside those that a member has."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from huixiang.members import store
from huixiang.members.model import ExternalId, IdentityTaken, MemberRef, StoredIdentity
from huixiang.members.service.look_up import identify
from huixiang.members.service.vault import vault
from huixiang.platform.db import Transaction


async def attach(tx: Transaction, member_id: UUID, identities: Sequence[ExternalId]) -> None:
    """Let these names find the member. Those that do already change nothing. Raises IdentityTaken where one of them is
    another member's; whoever calls this has made sure that all are one person's."""
    refs = [MemberRef(source=one.source, external_id=one.external_id) for one in identities]
    found = await identify(tx, refs)
    new = []
    for identity, owner in zip(identities, found, strict=True):
        if owner is None:
            new.append(identity)
        elif owner.member_id != member_id:
            raise IdentityTaken(kind="external", source=identity.source)
    if not new:
        return
    keys = {vault().external_key(identity): identity for identity in new}
    taken = await store.claim(tx, dict.fromkeys(keys, member_id))
    if taken:
        await store.release(tx, [key for key in keys if key not in taken])
        raise IdentityTaken(kind="external", source=keys[min(taken)].source)
    safes = await vault().open_safes(await store.wrapped_keys_of(tx, [member_id]))
    sealed = [
        StoredIdentity(
            member_id,
            "external",
            key,
            identity.source,
            safes[member_id].seal(f"external:{identity.source}", identity.external_id),
        )
        for (_, key), identity in keys.items()
    ]
    await store.insert_identities(tx, sealed)
    await store.insert_sources(tx, (identity.source for identity in new))
