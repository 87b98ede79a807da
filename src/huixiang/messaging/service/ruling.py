"""What is ruled for messages: a document of the rulebook, kind `messaging`."""

from __future__ import annotations

from datetime import time

from huixiang.kernel.text import Text
from huixiang.messaging.model import MessagingRules
from huixiang.messaging.rules import QuietHours
from huixiang.platform.db import Transaction
from huixiang.rulebook import service as rulebook

DOCUMENT = ("messaging", "default")
_USUAL = MessagingRules(name=Text(zh="默认", en="Usual"), quiet_from="21:00", quiet_until="09:00")


async def ruling(tx: Transaction) -> MessagingRules:
    """What is in force now; the usual in a database that has no document of it."""
    line = (await rulebook.timelines(tx, {DOCUMENT})).get(DOCUMENT)
    document = line.find(tx.now) if line else None
    return _USUAL if document is None else document.read(MessagingRules)


def quiet_hours(rules: MessagingRules) -> QuietHours:
    return QuietHours(time.fromisoformat(rules.quiet_from), time.fromisoformat(rules.quiet_until))
