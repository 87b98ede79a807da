"""Two members found to be one: what is asked for, how far it has come, and what is refused."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text
from huixiang.members.model import MemberRef, State
from huixiang.members.model.states import Reason


class NewMerge(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Into whom a member goes, and why."""

    into: MemberRef
    reason: Reason


class Undoing(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a merge is undone."""

    reason: Reason


class Merge(msgspec.Struct, frozen=True, kw_only=True):
    """A merge of `member_id` into `into_id`. waits: the modules that have not moved their rows yet. refusal: why it, or
    its undoing, was refused the last time."""

    member_id: UUID
    merge_id: UUID
    into_id: UUID
    state: Literal["moving", "done", "refused", "undoing", "undone"]
    waits: tuple[str, ...]
    reason: str
    started_by: str
    refusal: str | None
    started_at: datetime
    done_at: datetime | None
    undone_at: datetime | None


class Held(msgspec.Struct, frozen=True):
    """How many of one kind a member has. now: those that count or wait; past: used, over or settled."""

    now: int = 0
    past: int = 0


class Holding(msgspec.Struct, frozen=True, kw_only=True):
    """What two members have of one kind. moves: whether it goes with the one who goes; else it stays under their old
    id."""

    kind: str
    moves: bool
    gone: Held
    kept: Held


class MergePreview(msgspec.Struct, frozen=True, kw_only=True):
    """What both have before `member_id` goes into `into_id`, beside points and tier."""

    member_id: UUID
    into_id: UUID
    holdings: list[Holding]


class StoredMerge(msgspec.Struct, frozen=True, kw_only=True):
    """shown: what everybody may see of it. The states are those that both were in before, and that the one who stays
    is in when nothing moves. parts: ids under which the ledger moved what came to the old id later."""

    shown: Merge
    from_state: State
    into_state: State
    now_state: State
    parts: tuple[UUID, ...]


class MergeWithSelf(DomainError):
    code = "merge_with_self"
    status = 409
    title = Text(zh="已是同一会员", en="One member already")
    detail = Text(zh="这两个编号已是同一会员。", en="The two ids are one member already.")


class MergeNotPossible(DomainError):
    """Field: state (of one of the two)."""

    code = "merge_not_possible"
    status = 409
    title = Text(zh="当前状态不能合并", en="No merge in this state")
    detail = Text(
        zh="状态为 {state} 的会员不能合并，也不能撤销合并。",
        en="A member in state {state} is neither merged nor unmerged.",
    )


class MergeUnknown(DomainError):
    code = "merge_unknown"
    status = 404
    title = Text(zh="没有这次合并", en="Unknown merge")
    detail = Text(zh="该会员没有编号为 {merge_id} 的合并。", en="The member has no merge {merge_id}.")


class MergeNotDone(DomainError):
    """Field: state."""

    code = "merge_not_done"
    status = 409
    title = Text(zh="合并不可撤销", en="Nothing to undo")
    detail = Text(zh="合并处于状态 {state}，不能撤销。", en="The merge is in state {state}: there is nothing to undo.")


class MergeCovered(DomainError):
    """Field: member_id (into whom the one who stayed has gone since)."""

    code = "merge_covered"
    status = 409
    title = Text(zh="须先撤销之后的合并", en="Merged again since")
    detail = Text(
        zh="合并后的会员又并入了 {member_id}，请先撤销那次合并。",
        en="The member who stayed was merged into {member_id} since: undo that one first.",
    )


class UnmergeTooLate(DomainError):
    """Field: until (the last instant at which it could be undone)."""

    code = "unmerge_too_late"
    status = 409
    title = Text(zh="已过撤销期限", en="Too late to undo the merge")
    detail = Text(zh="合并只能在 {until} 之前撤销。", en="The merge could be undone until {until}.")
