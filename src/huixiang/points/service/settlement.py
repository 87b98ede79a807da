"""Settling a business day with a partner: our file, and theirs held against it (PTS-09)."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256

from huixiang.platform.db import Transaction
from huixiang.points.model.partner import Reconciliation, Settlement, SettlementDayOpen
from huixiang.points.rules import settlement as rules
from huixiang.points.store import partners as store

# A transaction keeps the day it began on; none lives so long.
DAY_CLOSES_AFTER = timedelta(minutes=10)


async def settlement(tx: Transaction, partner: str, day: date) -> Settlement:
    """The file of a finished day: as it was kept, or as it will be. A day without exchanges has a file without lines.
    Raises SettlementDayOpen."""
    if day > _last_closed(tx):
        raise SettlementDayOpen(day=day.isoformat())
    kept = await store.find_settlement(tx, partner, day)
    return kept or await _make(tx, partner, day)


async def settle_days(tx: Transaction) -> int:
    """Keep the files of the finished days that have none; how many."""
    due = await store.unsettled_days(tx, _last_closed(tx) + timedelta(days=1))
    for partner, day in due:
        await store.insert_settlement(tx, await _make(tx, partner, day))
    return len(due)


async def reconcile(tx: Transaction, partner: str, day: date, file: bytes) -> Reconciliation:
    """Hold a partner's file, laid out as ours, against ours. Raises SettlementDayOpen, SettlementUnreadable."""
    ours = rules.read((await settlement(tx, partner, day)).file, partner, day)
    theirs = rules.read(file, partner, day)
    found = rules.differences(ours, theirs)
    parted = sum(difference.ours is not None for difference in found)
    return Reconciliation(partner, day, agreed=len(ours) - parted, differences=found)


async def _make(tx: Transaction, partner: str, day: date) -> Settlement:
    file = rules.write(partner, day, await store.lines_of_day(tx, partner, day))
    return Settlement(partner, day, file, sha256(file).digest())


def _last_closed(tx: Transaction) -> date:
    return tx.calendar.day(tx.now - DAY_CLOSES_AFTER) - timedelta(days=1)
