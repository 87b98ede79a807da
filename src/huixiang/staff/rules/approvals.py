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


def may_see(approval: Approval, staff_id: UUID, permissions: AbstractSet[str]) -> bool:
    """The maker, who may decide it, and who reads the audit log."""
    return may_open(approval, staff_id, permissions) or READS_ALL in permissions


def may_open(approval: Approval, staff_id: UUID, permissions: AbstractSet[str]) -> bool:
    """Whom personal values in the difference are shown: who made it, and who may decide it."""
    return approval.made_by == staff_id or approval.decided_by in permissions


def refusal(approval: Approval, staff_id: UUID, now: datetime, *, self_approval: bool) -> DomainError | None:
    """What keeps somebody who holds the permission from deciding a request."""
    if approval.made_by == staff_id and not self_approval:
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
