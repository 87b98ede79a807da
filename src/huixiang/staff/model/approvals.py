"""What one person asks for and another decides: commands of other modules, kept as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.kernel.errors import DomainError, Problem
from huixiang.kernel.text import Text

State = Literal["waiting", "granted", "done", "failed", "refused", "withdrawn", "expired"]
Which = Literal["to_decide", "asked", "decided"]
MakerKind = Literal["staff", "key", "command_line"]
Note = Annotated[str, Meta(min_length=1, max_length=500, description="Why, for who reads the history.")]


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One difference that a command would make: where, and what stands there before and after. Values that say
    something of a person are `Personal` when asked for. They are shown in full to who holds `members:reveal`, masked to
    the others who made or may decide the request, and `{"sealed": ...}` to everybody else."""

    path: str
    before: Any = None
    after: Any = None


class NewApproval(msgspec.Struct, frozen=True, kw_only=True):
    """A command that waits. payload: what the owner's handler needs, in the shape of `version`; personal values at its
    top level are `Personal`. base: what the maker saw, which the owner compares when it runs. decided_by: the
    permission that decides. approval_id: given where the owner keeps a row of its own under it."""

    command: str
    subject: str
    payload: Mapping[str, Any]
    reason: str
    decided_by: str
    difference: Sequence[Change] = ()
    version: int = 1
    member_id: UUID | None = None
    base: str | None = None
    approval_id: UUID | None = None


class Maker(msgspec.Struct, frozen=True):
    """Who asks for a command: a person, a system by its key, or the command line, which is nobody's id."""

    made_by: UUID
    kind: MakerKind = "staff"


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """A request and what became of it: `granted` until its command has run, then `done` with the command's result, or
    `failed` with the code of the refusal and, where it told what was wrong, `problems`. `decided_by`: the permission
    that decides. `maker` and `checker`: the display names of who asked and who decided. `maker_kind`: whether `made_by`
    is a person or a system's key; where it is the command line, it is no id of anybody's."""

    approval_id: UUID
    command: str
    version: int
    subject: str
    member_id: UUID | None
    difference: list[Change]
    base: str | None
    reason: str
    decided_by: str
    made_by: UUID
    made_at: datetime
    expires_at: datetime
    state: State
    maker: str | None = None
    checked_by: UUID | None = None
    checker: str | None = None
    decided_at: datetime | None = None
    note: str | None = None
    code: str | None = None
    result: dict[str, Any] | None = None
    settled_at: datetime | None = None
    maker_kind: MakerKind = "staff"
    problems: list[Problem] = []


class Granted(msgspec.Struct, frozen=True, kw_only=True):
    """A command to be run, as its owner gets it; `payload` is opened."""

    approval_id: UUID
    command: str
    version: int
    member_id: UUID | None
    payload: dict[str, Any]
    base: str | None
    reason: str
    made_by: UUID
    checked_by: UUID
    note: str
    maker_kind: MakerKind = "staff"

    @property
    def maker(self) -> str:
        """Who asked, as the audit log names actors."""
        return actor_of(self.maker_kind, self.made_by)


def actor_of(kind: MakerKind, made_by: UUID) -> str:
    return "cli" if kind == "command_line" else f"{kind}:{made_by}"


class Decision(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    decision: Literal["approve", "refuse"]
    note: Note


class ApprovalWithdrawal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why who asked asks no more."""

    note: Note


class WaitingApprovals(msgspec.Struct, frozen=True):
    """How many requests wait for the caller; counted up to 100."""

    count: int


class ApprovalFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which requests are asked for: all that is given has to hold. which: `to_decide`, those that wait for the caller;
    `asked`, the caller's own; `decided`, those that wait no more."""

    which: Which | None = None
    state: State | None = None
    command: str | None = None
    member_id: UUID | None = None


class ApprovalUnknown(DomainError):
    """There is none, or it is none of the caller's business. Field: approval_id."""

    code = "approval_unknown"
    status = 404
    title = Text(zh="没有该审批", en="No such request")
    detail = Text(zh="没有审批 {approval_id}。", en="There is no request {approval_id}.")


class ApprovalDecided(DomainError):
    """Field: approval_id."""

    code = "approval_decided"
    status = 409
    title = Text(zh="审批已有结论", en="Request decided already")
    detail = Text(zh="审批 {approval_id} 已有结论。", en="The request {approval_id} is decided already.")


class ApprovalOwn(DomainError):
    """Who asks does not decide. Field: approval_id."""

    code = "approval_own"
    status = 403
    title = Text(zh="不能审批本人的申请", en="One's own request")
    detail = Text(
        zh="审批 {approval_id} 须由另一人决定。", en="The request {approval_id} is for another person to decide."
    )


class ApprovalMakerDisabled(DomainError):
    """Who asked has been disabled since: the request can be refused, not approved. Field: approval_id."""

    code = "approval_maker_disabled"
    status = 409
    title = Text(zh="申请人已停用", en="Who asked is disabled")
    detail = Text(
        zh="审批 {approval_id} 的申请人已停用，不能通过。",
        en="Who asked for {approval_id} has been disabled: it cannot be approved.",
    )


class ApprovalOfAnother(DomainError):
    """Only who asked withdraws. Field: approval_id."""

    code = "approval_of_another"
    status = 403
    title = Text(zh="不是本人的申请", en="Another person's request")
    detail = Text(zh="审批 {approval_id} 只能由申请人撤回。", en="Only who asked for {approval_id} can withdraw it.")


class ApprovalExpired(DomainError):
    """Field: approval_id."""

    code = "approval_expired"
    status = 409
    title = Text(zh="审批已过期", en="Request expired")
    detail = Text(
        zh="审批 {approval_id} 已过期，请重新申请。", en="The request {approval_id} has expired; ask for it again."
    )
