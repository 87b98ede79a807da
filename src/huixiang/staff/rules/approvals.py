"""Who may decide what, and until when."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from uuid import UUID

from huixiang.kernel.errors import DomainError
from huixiang.staff.model.approvals import (
    Approval,
    ApprovalDecided,
    ApprovalExpired,
    ApprovalOfAnother,
    ApprovalOwn,
)

EXPIRES_AFTER = timedelta(days=7)
READS_ALL = "audit:read"
REVEALS = "members:reveal"


def may_see(approval: Approval, staff_id: UUID, permissions: AbstractSet[str]) -> bool:
    """The maker, who may decide it, and who reads the audit log."""
    return may_open(approval, staff_id, permissions) or READS_ALL in permissions


def may_open(approval: Approval, staff_id: UUID, permissions: AbstractSet[str]) -> bool:
    """Whom personal values in the difference are shown, in full or masked: who made it, and who may decide it."""
    return approval.made_by == staff_id or approval.decided_by in permissions


def masked(text: str) -> str:
    """A personal value for those who may not see it: of a phone the ends, of everything else the first character."""
    if text.startswith("+") and text[1:].isdigit():
        return f"{text[:6]}****{text[-4:]}"
    return f"{text[:1]}**"


def refusal(approval: Approval, staff_id: UUID, now: datetime, *, self_approval: bool) -> DomainError | None:
    """What keeps somebody who holds the permission from deciding a request: it is theirs, or about their account."""
    if approval.subject == f"staff:{staff_id}":
        return ApprovalOwn(approval_id=approval.approval_id)
    if staff_id == approval.made_by and not self_approval:
        return ApprovalOwn(approval_id=approval.approval_id)
    return _over(approval, now)


def keeps_from_withdrawing(approval: Approval, staff_id: UUID, now: datetime) -> DomainError | None:
    if approval.made_by != staff_id:
        return ApprovalOfAnother(approval_id=approval.approval_id)
    return _over(approval, now)


def _over(approval: Approval, now: datetime) -> DomainError | None:
    if approval.decided_at is not None:
        return ApprovalDecided(approval_id=approval.approval_id)
    return ApprovalExpired(approval_id=approval.approval_id) if now >= approval.expires_at else None
