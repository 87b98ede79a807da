"""Batches of codes: asked for, approved by a second person, reported, voided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from huixiang.coupons.model import CouponNotOffered
from huixiang.coupons.model.codes import (
    Batch,
    BatchReport,
    CodeBatchStateFixed,
    CodeBatchUnknown,
    NewBatch,
)
from huixiang.coupons.service.issuing import template_in_force
from huixiang.coupons.store import batches as store
from huixiang.coupons.store import codes
from huixiang.kernel.errors import InvalidInput, InvariantBroken
from huixiang.kernel.ids import new_id
from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.platform.db import Transaction
from huixiang.platform.outbox import Event
from huixiang.staff import service as staff
from huixiang.staff.events import ApprovalGranted, ApprovalRefused
from huixiang.staff.model import AuditEntry
from huixiang.staff.model.approvals import Change, Granted, NewApproval

COMMAND = "coupons.make_codes"
DECIDED_BY = "coupons:approve"


async def make(tx: Transaction, new: NewBatch, by: UUID) -> Batch:
    """Write a batch down and ask a second person to let its file be handed out. Raises InvalidInput for
    hours that are over, CouponTemplateUnknown, CouponNotOffered."""
    if new.closes_at is not None and new.closes_at <= max(new.opens_at or tx.now, tx.now):
        raise InvalidInput(path="$.closes_at", problem="must lie in the future, and after opens_at")
    _, terms = await template_in_force(tx, new.template)
    if terms.codes is None or not terms.codes.unique:
        raise CouponNotOffered(template=new.template, way="unique codes")
    batch = Batch(
        batch_id=new_id(),
        name=new.name,
        template=new.template,
        codes=new.codes,
        opens_at=new.opens_at,
        closes_at=new.closes_at,
        state="waiting",
        made_by=by,
        made_at=tx.now,
        approval_id=new_id(),
    )
    await store.insert(tx, batch)
    await staff.request_approval(tx, _approval(batch, new.reason), by)
    return batch


async def settle_requests(tx: Transaction, events: Sequence[Event]) -> None:
    """What was approved is ready to be handed out; what was refused, or waited too long, never is."""
    for event in events:
        if isinstance(event, ApprovalGranted) and event.command == COMMAND:
            await staff.carry_out(tx, event.approval_id, _ready)
        elif isinstance(event, ApprovalRefused) and event.command == COMMAND:
            batch = await _requested(tx, event.approval_id)
            if batch.state == "waiting":
                await store.save(tx, replace(batch, state="refused"))


async def find(tx: Transaction, batch_id: UUID, *, lock: bool = False) -> Batch:
    """Raises CodeBatchUnknown."""
    found = await store.find(tx, batch_id, lock=lock)
    if found is None:
        raise CodeBatchUnknown(batch_id=batch_id)
    return found


async def listed(tx: Transaction, cursor: str | None, limit: int) -> Page[Batch]:
    """The latest first. Raises InvalidInput for a cursor of another list."""
    before = decode_cursor(cursor, datetime, UUID) if cursor else None
    found = await store.listed(tx, before, limit + 1)
    return page_of(found, limit, lambda last: (last.made_at, last.batch_id))


async def report(tx: Transaction, batch_id: UUID) -> BatchReport:
    """A batch with what became of its codes. Raises CodeBatchUnknown."""
    return await _reported(tx, await find(tx, batch_id))


async def void(tx: Transaction, batch_id: UUID, reason: str, by: UUID) -> BatchReport:
    """Let the codes that nobody took be good no more; copies that members have stay. Again changes nothing. Raises
    CodeBatchUnknown, CodeBatchStateFixed for one that was never approved."""
    batch = await find(tx, batch_id, lock=True)
    if batch.state in {"waiting", "refused"}:
        raise CodeBatchStateFixed(batch_id=batch_id, state=batch.state)
    if batch.state != "voided":
        batch = replace(batch, state="voided", voided_by=by, voided_at=tx.now)
        await store.save(tx, batch)
        await record(tx, batch, "code_batch.voided", f"staff:{by}", reason)
    return await _reported(tx, batch)


async def record(tx: Transaction, batch: Batch, action: str, actor: str, reason: str | None) -> None:
    """Into the audit log."""
    after = {"name": batch.name, "state": batch.state, "codes": batch.codes, "attempt": batch.attempt}
    subject = f"code_batch:{batch.batch_id}"
    await staff.record(tx, AuditEntry(actor=actor, action=action, subject=subject, after=after, reason=reason))


async def _reported(tx: Transaction, batch: Batch) -> BatchReport:
    taken = await codes.taken_of(tx, batch.batch_id)
    left = batch.stored - taken
    voided = batch.state == "voided"
    return BatchReport(batch=batch, taken=taken, open=0 if voided else left, voided=left if voided else 0)


async def _ready(tx: Transaction, granted: Granted) -> Mapping[str, Any]:
    batch = replace(await _requested(tx, granted.approval_id), state="ready")
    await store.save(tx, batch)
    await record(tx, batch, "code_batch.approved", f"staff:{granted.checked_by}", granted.note)
    return {"batch_id": str(batch.batch_id), "codes": batch.codes}


async def _requested(tx: Transaction, approval_id: UUID) -> Batch:
    found = await store.of_request(tx, approval_id)
    if found is None:
        raise InvariantBroken("a request of this module has its batch")
    return found


def _approval(batch: Batch, reason: str) -> NewApproval:
    difference = [
        Change(path="name", after=batch.name),
        Change(path="template", after=batch.template),
        Change(path="codes", after=batch.codes),
        Change(path="opens_at", after=batch.opens_at),
        Change(path="closes_at", after=batch.closes_at),
    ]
    return NewApproval(
        approval_id=batch.approval_id,
        command=COMMAND,
        subject=f"code_batch:{batch.batch_id}",
        payload={"batch_id": str(batch.batch_id)},
        difference=difference,
        reason=reason,
        decided_by=DECIDED_BY,
    )
