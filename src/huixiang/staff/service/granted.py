"""Running what was approved: called by the module that owns the command, from its handler of `ApprovalGranted`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from huixiang.kernel.errors import DomainError, Problem
from huixiang.platform.db import Transaction
from huixiang.staff.model.approvals import Granted
from huixiang.staff.model.audit import AuditEntry
from huixiang.staff.service.approvals import SYSTEM
from huixiang.staff.service.audit import record
from huixiang.staff.service.personal import opened
from huixiang.staff.store import approvals as store

Run = Callable[[Transaction, Granted], Awaitable[Mapping[str, Any] | None]]


async def carry_out(tx: Transaction, approval_id: UUID, run: Run) -> DomainError | None:
    """Run an approved command and note what came of it: its result, which is shown with the request, or its refusal
    with the problems that it names, which is returned and has undone what the command did. One that has been run, or
    was not approved, is not run."""
    kept = await store.find_granted(tx, approval_id)
    if kept is None:
        return None
    granted = msgspec.structs.replace(kept, payload=await opened(tx, kept.member_id, kept.payload))
    try:
        async with tx.savepoint():
            result = await run(tx, granted)
    except DomainError as refusal:
        await _settle(tx, granted, "failed", code=refusal.code, problems=refusal.problems)
        return refusal
    await _settle(tx, granted, "done", result=result)
    return None


async def _settle(
    tx: Transaction,
    granted: Granted,
    state: str,
    *,
    code: str | None = None,
    result: Mapping[str, Any] | None = None,
    problems: Sequence[Problem] = (),
) -> None:
    await store.insert_outcome(tx, granted.approval_id, state, code=code, result=result, problems=problems)
    subject = f"approval:{granted.approval_id}"
    after = {"command": granted.command, **({"code": code} if code else {})}
    entry = AuditEntry(
        actor=SYSTEM, action=f"approval.{state}", subject=subject, member_id=granted.member_id, after=after
    )
    await record(tx, entry)
