"""Sealing for modules that keep personal data of members and stand where they cannot ask for it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from huixiang.members import store
from huixiang.members.service.vault import vault
from huixiang.platform.db import Transaction


async def seal(tx: Transaction, member_id: UUID, field: str, value: str) -> bytes | None:
    """A value under the data key of its owner, bound to the field; None for an owner who has none."""
    safe = (await vault().open_safes(await store.wrapped_keys_of(tx, [member_id]))).get(member_id)
    return None if safe is None else safe.seal(field, value)


async def unseal(tx: Transaction, sealed: Sequence[tuple[UUID, str, bytes]]) -> list[str | None]:
    """The values of (owner, field, sealed), in order; None where the owner's data key is gone, with all it sealed.

    Raises `InvalidTag` of `cryptography` for bytes that were changed, or sealed for another owner or field.
    """
    owners = sorted({owner for owner, _, _ in sealed})
    safes = await vault().open_safes(await store.wrapped_keys_of(tx, owners))
    return [
        safe.open(field, value) if (safe := safes.get(owner)) is not None else None for owner, field, value in sealed
    ]
