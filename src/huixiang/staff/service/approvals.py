"""Requests that wait for a second person: asked for, looked at, decided, expired."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from huixiang.kernel.ids import new_id
from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.platform.access import NotAuthenticated, PermissionMissing, StaffPrincipal
from huixiang.platform.db import Transaction
from huixiang.staff.events import ApprovalGranted, ApprovalRefused
from huixiang.staff.model.approvals import (
    Approval,
    ApprovalDecided,
    ApprovalFilter,
    ApprovalMakerDisabled,
    ApprovalUnknown,
    Change,
    Decision,
    MakerKind,
    NewApproval,
    WaitingApprovals,
    actor_of,
)
from huixiang.staff.model.audit import AuditEntry
from huixiang.staff.rules import approvals as rules
from huixiang.staff.service.audit import record
from huixiang.staff.service.personal import is_sealed, opened, sealed
from huixiang.staff.store import accounts as accounts_store
from huixiang.staff.store import approvals as store

SYSTEM = "huixiang"
NOBODY = UUID(int=0)
EXPIRED_AT_ONCE = 200
WAITING_COUNTED = 100
DECIDES = "approvals:decide"
_allowed: dict[str, bool] = {}


def allow_self_approval(*, allowed: bool) -> None:
    """Whether makers may decide their own requests: in demonstrations and tests. Called once at start."""
    _allowed["self"] = allowed


async def request_approval(
    tx: Transaction, asked: NewApproval, made_by: UUID, maker_kind: MakerKind = "staff"
) -> Approval:
    """Keep a command until another person decides; it expires after a week. Its owner has checked it. made_by: a
    person, a system's key, or `NOBODY` for the command line."""
    approval_id = asked.approval_id or new_id()
    approval = Approval(
        approval_id=approval_id,
        command=asked.command,
        version=asked.version,
        subject=asked.subject,
        member_id=asked.member_id,
        difference=await _sealed_changes(tx, asked.member_id, asked.difference),
        base=asked.base,
        reason=asked.reason,
        decided_by=asked.decided_by,
        made_by=made_by,
        made_at=tx.now,
        expires_at=tx.now + rules.EXPIRES_AFTER,
        state="waiting",
        maker_kind=maker_kind,
    )
    await store.insert(tx, approval, msgspec.json.encode(await sealed(tx, asked.member_id, asked.payload)))
    await _audit(tx, approval, "approval.requested", actor_of(maker_kind, made_by), asked.reason)
    return approval


async def decide(tx: Transaction, approval_id: UUID, decision: Decision, by: StaffPrincipal) -> Approval:
    """Approve or refuse what another person asked for. An approved command is run by its owner's handler, after this
    transaction. Raises ApprovalUnknown, PermissionMissing, ApprovalOwn, ApprovalDecided, ApprovalExpired,
    ApprovalMakerDisabled, and NotAuthenticated for who was disabled meanwhile."""
    approval = await _seen(tx, approval_id, by)
    if approval.decided_by not in by.permissions:
        raise PermissionMissing(permission=approval.decided_by)
    if refused := rules.refusal(approval, by.staff_id, tx.now, self_approval=_allowed.get("self", False)):
        raise refused
    disabled = await accounts_store.disabled_among(tx, {by.staff_id, approval.made_by})
    if by.staff_id in disabled:
        raise NotAuthenticated
    if approval.made_by in disabled and decision.decision == "approve":
        raise ApprovalMakerDisabled(approval_id=approval_id)
    if not await store.insert_decision(tx, approval_id, decision.decision, checked_by=by.staff_id, note=decision.note):
        raise ApprovalDecided(approval_id=approval_id)
    owner = approval.member_id or approval_id
    if decision.decision == "approve":
        tx.emit(ApprovalGranted(member_id=owner, occurred_at=tx.now, approval_id=approval_id, command=approval.command))
    else:
        tx.emit(_refused(approval, tx.now, by.staff_id))
    action = "approval.granted" if decision.decision == "approve" else "approval.refused"
    await _audit(tx, approval, action, f"staff:{by.staff_id}", decision.note)
    return await _find(tx, approval_id)


async def withdraw(tx: Transaction, approval_id: UUID, note: str, by: StaffPrincipal) -> Approval:
    """Ask no more for what one asked for oneself. Raises as `decide`, and ApprovalOfAnother."""
    approval = await _seen(tx, approval_id, by)
    if refused := rules.keeps_from_withdrawing(approval, by.staff_id, tx.now):
        raise refused
    if not await store.insert_decision(tx, approval_id, "refuse", checked_by=by.staff_id, note=note):
        raise ApprovalDecided(approval_id=approval_id)
    tx.emit(_refused(approval, tx.now, by.staff_id))
    await _audit(tx, approval, "approval.withdrawn", f"staff:{by.staff_id}", note)
    return await _find(tx, approval_id)


async def waiting_for(tx: Transaction, by: StaffPrincipal) -> WaitingApprovals:
    """How many requests the caller may decide."""
    if DECIDES not in by.permissions:
        return WaitingApprovals(0)
    own_too = _allowed.get("self", False)
    return WaitingApprovals(
        await store.count_waiting(tx, by.staff_id, sorted(by.permissions), WAITING_COUNTED, own_too=own_too)
    )


async def approvals(
    tx: Transaction, asked: ApprovalFilter, by: StaffPrincipal, cursor: str | None, limit: int
) -> Page[Approval]:
    """What the caller made, may decide or (who reads the audit log) all, the latest first. Personal values stay sealed.
    Raises InvalidInput for a cursor of another list."""
    before = decode_cursor(cursor, datetime, UUID) if cursor else None
    found = await store.newest(
        tx,
        asked,
        by.staff_id,
        sorted(by.permissions),
        before,
        limit + 1,
        all_of_them=rules.READS_ALL in by.permissions,
        own_too=_allowed.get("self", False),
    )
    return page_of(found, limit, lambda last: (last.made_at, last.approval_id))


async def approval(tx: Transaction, approval_id: UUID, by: StaffPrincipal) -> Approval:
    """One request. Its maker and who may decide it see personal values of its difference: in full, which stands in the
    audit log, where they hold `members:reveal`, else masked. Raises ApprovalUnknown."""
    found = await _seen(tx, approval_id, by)
    holds = any(is_sealed(value) for change in found.difference for value in (change.before, change.after))
    if not holds or not rules.may_open(found, by.staff_id, by.permissions):
        return found
    full = rules.REVEALS in by.permissions
    changes = await _opened_changes(tx, found.member_id, found.difference, full=full)
    if full:
        await _audit(tx, found, "approval.opened", f"staff:{by.staff_id}", None)
    return msgspec.structs.replace(found, difference=changes)


async def expire_due(tx: Transaction) -> int:
    """Close some of the requests that nobody decided in time; how many."""
    closed = 0
    for overdue in await store.overdue(tx, EXPIRED_AT_ONCE):
        if await store.insert_decision(tx, overdue.approval_id, "expire", checked_by=None, note=None):
            tx.emit(_refused(overdue, tx.now, None))
            await _audit(tx, overdue, "approval.expired", SYSTEM, None)
            closed += 1
    return closed


def _refused(approval: Approval, now: datetime, checked_by: UUID | None) -> ApprovalRefused:
    return ApprovalRefused(
        member_id=approval.member_id or approval.approval_id,
        occurred_at=now,
        approval_id=approval.approval_id,
        command=approval.command,
        outcome="refused" if checked_by else "expired",
        checked_by=checked_by,
    )


async def _find(tx: Transaction, approval_id: UUID) -> Approval:
    found = await store.find(tx, approval_id)
    if found is None:
        raise ApprovalUnknown(approval_id=approval_id)
    return found


async def _seen(tx: Transaction, approval_id: UUID, by: StaffPrincipal) -> Approval:
    found = await _find(tx, approval_id)
    if not rules.may_see(found, by.staff_id, by.permissions):
        raise ApprovalUnknown(approval_id=approval_id)
    return found


async def _audit(tx: Transaction, approval: Approval, action: str, actor: str, reason: str | None) -> None:
    after = {"command": approval.command, "subject": approval.subject}
    subject = f"approval:{approval.approval_id}"
    await record(
        tx,
        AuditEntry(
            actor=actor, action=action, subject=subject, member_id=approval.member_id, after=after, reason=reason
        ),
    )


def _flat(changes: Sequence[Change]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for place, change in enumerate(changes):
        values |= {f"{place} before": change.before, f"{place} after": change.after}
    return values


def _unflat(changes: Sequence[Change], values: Mapping[str, Any]) -> list[Change]:
    return [
        Change(path=change.path, before=values[f"{place} before"], after=values[f"{place} after"])
        for place, change in enumerate(changes)
    ]


async def _sealed_changes(tx: Transaction, member_id: UUID | None, changes: Sequence[Change]) -> list[Change]:
    return _unflat(changes, await sealed(tx, member_id, _flat(changes)))


async def _opened_changes(
    tx: Transaction, member_id: UUID | None, changes: Sequence[Change], *, full: bool
) -> list[Change]:
    kept = _flat(changes)
    values = await opened(tx, member_id, kept)
    hidden = {name for name, value in kept.items() if is_sealed(value) and values[name] is not None and not full}
    return _unflat(changes, {name: rules.masked(value) if name in hidden else value for name, value in values.items()})
