"""Seals personal values that other modules keep about a member, under the member's own key."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from huixiang.members.service.safes import safe_of
from huixiang.platform.db import Transaction

PREFIX = "kept:"


class MemberSealer:
    """What module staff asks for as `PersonalSealer`. Values are bound to the member and to what they are called."""

    async def seal(self, tx: Transaction, member_id: UUID, values: Mapping[str, str]) -> Mapping[str, bytes] | None:
        safe = await safe_of(tx, member_id)
        return None if safe is None else {name: safe.seal(PREFIX + name, value) for name, value in values.items()}

    async def open(self, tx: Transaction, member_id: UUID, sealed: Mapping[str, bytes]) -> Mapping[str, str] | None:
        safe = await safe_of(tx, member_id)
        return None if safe is None else {name: safe.open(PREFIX + name, value) for name, value in sealed.items()}
