"""Schedules and jobs of staff."""

from __future__ import annotations

import msgspec

from huixiang.platform.db import Transaction
from huixiang.platform.queue import JobHandler, Schedule, enqueue
from huixiang.staff.service.audit_roots import close_audit_day

CLOSE_AUDIT_DAY = "staff.close_audit_day"


class CloseAuditDay(msgspec.Struct, frozen=True):
    """Sign the root of the first finished day of the audit log that has none."""


async def close_day(tx: Transaction, chunk: CloseAuditDay) -> None:
    """One day; the next one follows in a transaction of its own, which is how missed days are caught up with."""
    if await close_audit_day(tx):
        await enqueue(tx, CLOSE_AUDIT_DAY, chunk)


async def close_days(tx: Transaction) -> None:
    await enqueue(tx, CLOSE_AUDIT_DAY, CloseAuditDay(), key="scheduled")


JOB_HANDLERS = (JobHandler(CLOSE_AUDIT_DAY, CloseAuditDay, close_day),)
SCHEDULES = (Schedule("staff.close_audit_days", "27 * * * *", close_days),)
