"""What a person is given once, whatever their phone, device and membership are by then."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from huixiang.members.model import ExternalId
from huixiang.members.service.vault import vault
from huixiang.members.store import once as store
from huixiang.members.store import states as state_store
from huixiang.platform.db import Transaction

What = Literal["trial"]
KINDS: dict[What, str] = {"trial": "once.trial"}  # of the directory


async def claim(tx: Transaction, member_id: UUID, what: What) -> bool:
    """Whether the person behind a member, who is locked, has it for the first time; then never again."""
    kind = KINDS[what]
    keys = await store.keys_of(tx, [member_id, *await state_store.aliases(tx, [member_id])])
    if await store.known(tx, kind, keys):
        return False
    if await store.enter(tx, kind, keys, member_id):
        return True
    await store.remove(tx, kind, member_id)
    return False


async def had(tx: Transaction, member_id: UUID, what: What) -> bool:
    """Whether the person behind a member has had it; nothing is locked, so it may be another's turn a moment later."""
    keys = await store.keys_of(tx, [member_id, *await state_store.aliases(tx, [member_id])])
    return await store.known(tx, KINDS[what], keys)


async def gained(tx: Transaction, member_id: UUID, keys: Sequence[str]) -> None:
    """Something more finds a member: who has that later was this person."""
    await store.extend(tx, list(KINDS.values()), [member_id] * len(keys), keys)


async def seen_on(tx: Transaction, devices: Sequence[tuple[UUID, str]]) -> None:
    """Members sign in from devices, given by what these call themselves, of which a keyed hash is kept."""
    if not devices:
        return
    members = [member_id for member_id, _ in devices]
    keys = [vault().external_key(ExternalId("device", name))[1] for _, name in devices]
    await store.mark_devices(tx, members, keys)
    await store.extend(tx, list(KINDS.values()), members, keys)
