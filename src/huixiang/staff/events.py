"""What staff announces."""

from __future__ import annotations

from uuid import UUID

from huixiang.platform.outbox import Event


class ApprovalGranted(Event, frozen=True, kw_only=True, tag="staff.approval_granted.v1"):
    """A command that another person approved: its owner runs it, once, with `staff.service.carry_out`. `member_id`: the
    member it concerns, else the request's own id."""

    approval_id: UUID
    command: str


class ApprovalRefused(Event, frozen=True, kw_only=True, tag="staff.approval_refused.v1"):
    """A command that will not run. `outcome`: `refused` or `expired`. `checked_by`: who refused it, None where its time
    was over. `member_id` as above."""

    approval_id: UUID
    command: str
    outcome: str
    checked_by: UUID | None
