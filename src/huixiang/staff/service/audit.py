"""The audit log: who did what to whom, when and why. Rows are added and never changed."""

from __future__ import annotations

from huixiang.kernel.ids import new_id
from huixiang.platform.db import Transaction
from huixiang.staff.model import AuditEntry
from huixiang.staff.store import audit as store


async def record(tx: Transaction, entry: AuditEntry) -> None:
    await store.insert_audit(tx, new_id(), entry)
