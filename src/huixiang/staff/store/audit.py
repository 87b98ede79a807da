"""The audit log."""

from __future__ import annotations

from uuid import UUID

import msgspec

from huixiang.platform.db import Transaction
from huixiang.staff.model import AuditEntry


async def insert_audit(tx: Transaction, audit_id: UUID, entry: AuditEntry) -> None:
    await tx.execute(
        """
        INSERT INTO staff.audit
            (audit_id, actor, action, object, member_id, before, after, reason, recorded_at, chain_day)
        VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7::jsonb, $8, $9, $10)
        """,
        audit_id,
        entry.actor,
        entry.action,
        entry.subject,
        entry.member_id,
        None if entry.before is None else msgspec.json.encode(entry.before).decode(),
        None if entry.after is None else msgspec.json.encode(entry.after).decode(),
        entry.reason,
        tx.now,
        tx.calendar.day(tx.now),
    )
