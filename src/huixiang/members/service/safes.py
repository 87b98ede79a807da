"""One member's safe, for what other modules keep about them."""

from __future__ import annotations

from uuid import UUID

from huixiang.members import store
from huixiang.members.service.vault import Safe, vault
from huixiang.platform.db import Transaction


async def safe_of(tx: Transaction, member_id: UUID) -> Safe | None:
    """None where the member has no key any more: what was sealed under it stays shut."""
    return (await vault().open_safes(await store.wrapped_keys_of(tx, [member_id]))).get(member_id)
