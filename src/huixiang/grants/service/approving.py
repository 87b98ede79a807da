"""Asking for a grant, and for undoing it, and what follows the second person's decision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from huixiang.grants.model import Bulk, GrantBudgetSpent, GrantEmpty, GrantUnknown, PointsGift, Step
from huixiang.grants.rules.states import led_to
from huixiang.grants.service.making import record, room_of
from huixiang.grants.store import bulks
from huixiang.kernel.errors import InvariantBroken
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Transaction
from huixiang.platform.outbox import Event
from huixiang.platform.queue import enqueue
from huixiang.staff import service as staff
from huixiang.staff.events import ApprovalGranted, ApprovalRefused
from huixiang.staff.model.approvals import Change, Granted, NewApproval

GIVE, UNDO = "grants.give", "grants.undo"
DECIDED_BY = "grants:approve"
STEP = "grants.step"


async def find(tx: Transaction, grant_id: UUID, *, lock: bool = False) -> Bulk:
    """Raises GrantUnknown."""
    found = await bulks.find(tx, grant_id, lock=lock)
    if found is None:
        raise GrantUnknown(grant_id=grant_id)
    return found


async def request(tx: Transaction, grant_id: UUID, reason: str, by: UUID) -> Bulk:
    """Ask another person to let a grant be given, to the members of its preview. Raises GrantUnknown, GrantStateFixed,
    GrantEmpty, GrantBudgetSpent."""
    bulk = await find(tx, grant_id, lock=True)
    asked = replace(bulk, state=led_to(bulk.state, "request"), approval_id=new_id())
    if not bulk.preview.planned:
        raise GrantEmpty
    await _require_room(tx, bulk)
    await bulks.save(tx, asked)
    await staff.request_approval(tx, _approval(asked, GIVE, asked.approval_id, _difference(bulk), reason), by)
    return asked


async def request_undo(tx: Transaction, grant_id: UUID, reason: str, by: UUID) -> Bulk:
    """Ask another person to let what is unused of a grant be taken back. Raises GrantUnknown, GrantStateFixed."""
    bulk = await find(tx, grant_id, lock=True)
    asked = replace(bulk, state=led_to(bulk.state, "undo"), undo_id=new_id())
    await bulks.save(tx, asked)
    difference = [
        Change(path="members", before=bulk.granted, after="what each has not used is taken back"),
        Change(path="given", before=bulk.given),
    ]
    await staff.request_approval(tx, _approval(asked, UNDO, asked.undo_id, difference, reason), by)
    return asked


async def settle_requests(tx: Transaction, events: Sequence[Event]) -> None:
    """Begin what was approved; what was refused, or waited too long, is as it was before."""
    for event in events:
        if isinstance(event, ApprovalGranted) and event.command in {GIVE, UNDO}:
            refusal = await staff.carry_out(tx, event.approval_id, _begin)
            if refusal is not None:
                await _refuse(tx, event.approval_id)
        elif isinstance(event, ApprovalRefused) and event.command in {GIVE, UNDO}:
            await _refuse(tx, event.approval_id)


async def enqueue_step(tx: Transaction, bulk: Bulk) -> None:
    """Let the chain of a grant's jobs go on."""
    await enqueue(tx, STEP, Step(bulk.grant_id, bulk.generation))


async def _begin(tx: Transaction, granted: Granted) -> Mapping[str, Any]:
    bulk = await _requested(tx, granted.approval_id)
    if granted.command == GIVE:
        await _require_room(tx, bulk)
        begun = replace(bulk, state=led_to(bulk.state, "approve"), started_at=tx.now)
    else:
        begun = replace(bulk, state=led_to(bulk.state, "approve_undo"))
    begun = replace(begun, generation=bulk.generation + 1, after=None)
    await bulks.save(tx, begun)
    await enqueue_step(tx, begun)
    action = "grant.started" if granted.command == GIVE else "grant.undo_started"
    await record(tx, begun, action, f"staff:{granted.checked_by}", granted.note)
    return {"grant_id": str(bulk.grant_id), "members": bulk.preview.planned}


async def _refuse(tx: Transaction, approval_id: UUID) -> None:
    bulk = await _requested(tx, approval_id)
    if bulk.state == "undo_waiting":
        await bulks.save(tx, replace(bulk, state=bulk.ended_as or "done"))
    elif bulk.state == "waiting":
        await bulks.save(tx, replace(bulk, state=led_to(bulk.state, "refuse")))


async def _requested(tx: Transaction, approval_id: UUID) -> Bulk:
    found = await bulks.of_request(tx, approval_id)
    if found is None:
        raise InvariantBroken("a request of this module has its grant")
    return found


async def _require_room(tx: Transaction, bulk: Bulk) -> None:
    """Raises GrantBudgetSpent. Until the transaction ends nobody else is admitted to the budget."""
    if bulk.budget_points is None or not isinstance(bulk.gift, PointsGift) or bulk.gift.budget is None:
        return
    await bulks.lock_budget(tx, bulk.gift.budget)
    room = await room_of(tx, bulk.grant_id, bulk.gift, bulk.budget_points)
    if room is not None and room.room is not None and bulk.preview.total > room.room:
        raise GrantBudgetSpent(budget=room.budget, room=room.room, wanted=bulk.preview.total)


def _approval(
    bulk: Bulk, command: str, approval_id: UUID | None, difference: Sequence[Change], reason: str
) -> NewApproval:
    return NewApproval(
        approval_id=approval_id,
        command=command,
        subject=f"grant:{bulk.grant_id}",
        payload={"grant_id": str(bulk.grant_id)},
        difference=difference,
        reason=reason,
        decided_by=DECIDED_BY,
    )


def _difference(bulk: Bulk) -> list[Change]:
    """The preview, as who decides is shown it."""
    shown = bulk.preview
    changes = [
        Change(path="name", after=bulk.name),
        Change(path="gift", after=msgspec.to_builtins(bulk.gift)),
        Change(path="members", after=shown.planned),
        Change(path="total", after=shown.total),
        *(Change(path=f"left out: {one.reason}", after=one.members) for one in shown.excluded),
    ]
    if shown.rows_refused:
        changes.append(Change(path="rows that name nobody", after=shown.rows_refused))
    if shown.cost_fen is not None:
        changes.append(Change(path="cost_fen", after=shown.cost_fen))
    if shown.budget is not None:
        before, after = shown.budget.issued, shown.budget.issued + shown.total
        changes.append(Change(path=f"budget {shown.budget.budget}", before=before, after=after))
    return changes
