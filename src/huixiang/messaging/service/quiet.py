"""When messages that can wait do: a document of the rulebook, kind `messaging`."""

from __future__ import annotations

from datetime import time

from huixiang.messaging.model import QuietRules
from huixiang.messaging.rules import QuietHours
from huixiang.platform.db import Transaction
from huixiang.rulebook import service as rulebook

DOCUMENT = ("messaging", "default")


async def quiet_hours(tx: Transaction) -> QuietHours:
    """Those in force now; the usual ones in a database that has no document of them."""
    line = (await rulebook.timelines(tx, {DOCUMENT})).get(DOCUMENT)
    document = line.find(tx.now) if line else None
    if document is None:
        return QuietHours()
    rules = document.read(QuietRules)
    return QuietHours(time.fromisoformat(rules.quiet_from), time.fromisoformat(rules.quiet_until))
