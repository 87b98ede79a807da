"""Files of members that staff take away."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text
from huixiang.members.model.states import Reason

Column = Literal[
    "member_id", "number", "state", "registered_at", "channel", "name", "phone", "birthday", "address", "external_ids"
]
PERSONAL = frozenset({"name", "phone", "birthday", "address", "external_ids"})
EXPORTED_MAX = 1000
FILE_KEPT = timedelta(days=1)


class NewExport(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which members, which columns in which order, and why. Personal columns wait for a second person."""

    reason: Reason
    member_ids: Annotated[list[UUID], Meta(min_length=1, max_length=EXPORTED_MAX)]
    columns: Annotated[list[Column], Meta(min_length=1, max_length=10)]

    def __post_init__(self) -> None:
        if len(set(self.columns)) != len(self.columns):
            raise ValueError("two columns are the same")

    @property
    def personal(self) -> list[Column]:
        return [column for column in self.columns if column in PERSONAL]


class MemberExport(msgspec.Struct, frozen=True, kw_only=True):
    """`waiting` for the request of the same id to be approved; then the file is there until `expires_at`. members: rows
    of the file; those that nobody is called by have none."""

    export_id: UUID
    state: Literal["waiting", "ready"]
    columns: list[str]
    members: int
    expires_at: datetime | None = None


class StoredExport(msgspec.Struct, frozen=True, kw_only=True):
    """sealed: the file, AES-256-GCM."""

    export_id: UUID
    made_by: UUID
    made_at: datetime
    expires_at: datetime
    columns: list[str]
    members: int
    sealed: bytes


class ExportUnknown(DomainError):
    """None of the caller's, not made yet, or over. Field: export_id."""

    code = "export_unknown"
    status = 404
    title = Text(zh="没有该导出文件", en="No such export")
    detail = Text(zh="没有导出文件 {export_id}，或已过期。", en="There is no export {export_id}, or it is over.")
