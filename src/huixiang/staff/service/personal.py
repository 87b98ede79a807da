"""Personal values in what staff keeps: sealed under the key of the member that they say something of."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from huixiang.kernel.errors import InvariantBroken
from huixiang.platform.db import Transaction
from huixiang.staff.model.audit import Personal
from huixiang.staff.ports import PersonalSealer

_sealers: dict[str, PersonalSealer] = {}
SEALED = "sealed"


def use_sealer(sealer: PersonalSealer) -> None:
    """Called once by each process before it serves."""
    _sealers["staff"] = sealer


async def sealed(tx: Transaction, member_id: UUID | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values, in place of each personal one `{"sealed": base64}`; null in it where the member's key is gone."""
    personal = {name: value.value for name, value in values.items() if isinstance(value, Personal)}
    if not personal:
        return dict(values)
    if member_id is None:
        raise InvariantBroken("a personal value without the member that it says something of")
    boxes = await _sealer().seal(tx, member_id, personal)
    return {
        name: value if name not in personal else {SEALED: base64.b64encode(boxes[name]).decode() if boxes else None}
        for name, value in values.items()
    }


async def opened(tx: Transaction, member_id: UUID | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with what was sealed, null where the member's key is gone."""
    boxes = {name: base64.b64decode(value[SEALED] or "") for name, value in values.items() if is_sealed(value)}
    if not boxes or member_id is None:
        return dict(values)
    kept = {name: box for name, box in boxes.items() if box}
    texts = await _sealer().open(tx, member_id, kept) if kept else None
    return {name: value if name not in boxes else (texts or {}).get(name) for name, value in values.items()}


def is_sealed(value: object) -> bool:
    return isinstance(value, dict) and value.keys() == {SEALED}


def _sealer() -> PersonalSealer:
    if "staff" not in _sealers:
        raise InvariantBroken("staff.service.use_sealer was not called in this process")
    return _sealers["staff"]
