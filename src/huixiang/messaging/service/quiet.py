"""When messages that can wait do."""

from __future__ import annotations

from huixiang.messaging.rules import QuietHours
from huixiang.platform.db import Transaction


async def quiet_hours(_tx: Transaction) -> QuietHours:
    return QuietHours()
