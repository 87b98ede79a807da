"""Settling a business day with a partner: our file, and theirs held against it (PTS-09)."""

from __future__ import annotations

from datetime import date, timedelta
from hashlib import sha256

from huixiang.platform.db import Transaction
from huixiang.points.model.partner import Reconciliation, Settlement, SettlementDayOpen
from huixiang.points.rules import settlement as rules
from huixiang.points.service.day_end import is_over
from huixiang.points.store import partners as store


async def settlement(tx: Transaction, partner: str, day: date) -> Settlement:
    """The file of a finished day: as it was kept, or as it will be. A day without exchanges has a file without lines.
    Raises SettlementDayOpen."""
    if kept := await store.find_settlement(tx, partner, day):
        return kept
    if not await _is_over(tx, day):
        raise SettlementDayOpen(day=day.isoformat())
    return await _make(tx, partner, day)


async def settle_days(tx: Transaction) -> int:
    """Keep the files of the finished days that have none; how many. The transaction must have written nothing."""
    unsettled = await store.unsettled_days(tx, tx.calendar.day(tx.now))
    days = sorted({day for _, day in unsettled})
    over = {day for day in days if await _is_over(tx, day)}
    due = [(partner, day) for partner, day in unsettled if day in over]
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


async def _is_over(tx: Transaction, day: date) -> bool:
    """An exchange is of the business day of its instant, which lies as near its transaction as a posting's does."""
    return day < tx.calendar.day(tx.now) and await is_over(tx, tx.calendar.start_of(day + timedelta(days=1)))
