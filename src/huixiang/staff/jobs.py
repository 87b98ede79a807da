"""Schedules and jobs of staff."""

from __future__ import annotations

import msgspec

from huixiang.platform.db import Transaction
from huixiang.platform.queue import JobHandler, Schedule, enqueue
from huixiang.staff.service.approvals import expire_due
from huixiang.staff.service.audit_roots import close_audit_day

CLOSE_AUDIT_DAY = "staff.close_audit_day"
EXPIRE_APPROVALS = "staff.expire_approvals_chunk"


class CloseAuditDay(msgspec.Struct, frozen=True):
    """Sign the root of the first finished day of the audit log that has none."""


async def close_day(tx: Transaction, chunk: CloseAuditDay) -> None:
    """One day; the next one follows in a transaction of its own, which is how missed days are caught up with."""
    if await close_audit_day(tx):
        await enqueue(tx, CLOSE_AUDIT_DAY, chunk)


async def close_days(tx: Transaction) -> None:
    await enqueue(tx, CLOSE_AUDIT_DAY, CloseAuditDay(), key="scheduled")


class ExpireApprovals(msgspec.Struct, frozen=True):
    """Close a chunk of the requests that nobody decided in time."""


async def expire_chunk(tx: Transaction, chunk: ExpireApprovals) -> None:
    if await expire_due(tx):
        await enqueue(tx, EXPIRE_APPROVALS, chunk)


async def expire_approvals(tx: Transaction) -> None:
    await enqueue(tx, EXPIRE_APPROVALS, ExpireApprovals(), key="scheduled")


JOB_HANDLERS = (
    JobHandler(CLOSE_AUDIT_DAY, CloseAuditDay, close_day),
    JobHandler(EXPIRE_APPROVALS, ExpireApprovals, expire_chunk),
)
SCHEDULES = (
    Schedule("staff.close_audit_days", "27 * * * *", close_days),
    Schedule("staff.expire_approvals", "*/15 * * * *", expire_approvals),
)
