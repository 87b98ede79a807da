"""What is ruled for messages: a document of the rulebook, kind `messaging`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time

from huixiang.kernel.text import Text
from huixiang.messaging.model import MessagingRules
from huixiang.messaging.rules import QuietHours
from huixiang.platform.db import Transaction
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import Name, Timeline

DOCUMENT = ("messaging", "default")
_USUAL = MessagingRules(name=Text(zh="默认", en="Usual"), quiet_from="21:00", quiet_until="09:00")


async def ruling(tx: Transaction) -> MessagingRules:
    """What is in force now; the usual in a database that has no document of it."""
    return ruling_in(await rulebook.timelines(tx, {DOCUMENT}), tx.now)


def ruling_in(lines: Mapping[Name, Timeline], now: datetime) -> MessagingRules:
    """The same, where the document was asked for with others."""
    line = lines.get(DOCUMENT)
    document = line.find(now) if line else None
    return _USUAL if document is None else document.read(MessagingRules)


def quiet_hours(rules: MessagingRules) -> QuietHours:
    return QuietHours(time.fromisoformat(rules.quiet_from), time.fromisoformat(rules.quiet_until))
