"""Where members are reached, for what the programme has to tell them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from huixiang.members import store
from huixiang.members.service.vault import vault
from huixiang.platform.db import Transaction


async def phones_of(tx: Transaction, member_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The phone of each, in E.164; who has none is left out. To be sent to, never to be shown or logged."""
    ids = list(member_ids)
    safes = await vault().open_safes(await store.wrapped_keys_of(tx, ids))
    phones: dict[UUID, str] = {}
    for row in await store.identities_of(tx, ids):
        if row.kind == "phone" and row.member_id in safes:
            phones.setdefault(row.member_id, safes[row.member_id].open("phone", row.sealed))
    return phones
