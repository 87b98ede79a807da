"""Seals personal values that other modules keep about a member, under the member's own key."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from huixiang.members import store
from huixiang.members.service.vault import Safe, vault
from huixiang.platform.db import Transaction

PREFIX = "kept:"


class MemberSealer:
    """What module staff asks for as `PersonalSealer`. Values are bound to the member and to what they are called."""

    async def seal(self, tx: Transaction, member_id: UUID, values: Mapping[str, str]) -> Mapping[str, bytes] | None:
        safe = await self._safe(tx, member_id)
        return None if safe is None else {name: safe.seal(PREFIX + name, value) for name, value in values.items()}

    async def open(self, tx: Transaction, member_id: UUID, sealed: Mapping[str, bytes]) -> Mapping[str, str] | None:
        safe = await self._safe(tx, member_id)
        return None if safe is None else {name: safe.open(PREFIX + name, value) for name, value in sealed.items()}

    async def _safe(self, tx: Transaction, member_id: UUID) -> Safe | None:
        safes = await vault().open_safes(await store.wrapped_keys_of(tx, [member_id]))
        return safes.get(member_id)
