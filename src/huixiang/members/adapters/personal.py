"""Seals personal values that other modules keep about a member, under the member's own key."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from huixiang.members.service.sealing import seal, unseal
from huixiang.platform.db import Transaction

PREFIX = "kept:"


class MemberSealer:
    """What module staff asks for as `PersonalSealer`. Values are bound to the member and to what they are called."""

    async def seal(self, tx: Transaction, member_id: UUID, values: Mapping[str, str]) -> Mapping[str, bytes] | None:
        boxes = {name: await seal(tx, member_id, PREFIX + name, value) for name, value in values.items()}
        sealed = {name: box for name, box in boxes.items() if box is not None}
        return sealed if len(sealed) == len(values) else None

    async def open(self, tx: Transaction, member_id: UUID, sealed: Mapping[str, bytes]) -> Mapping[str, str] | None:
        texts = await unseal(tx, [(member_id, PREFIX + name, box) for name, box in sealed.items()])
        opened = {name: text for name, text in zip(sealed, texts, strict=True) if text is not None}
        return opened if len(opened) == len(sealed) else None
