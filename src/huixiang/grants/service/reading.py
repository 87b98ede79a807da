"""Grants and their rows, by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from huixiang.grants.model import Bulk, BulkSummary, Recipient, Which
from huixiang.grants.service.approving import find
from huixiang.grants.service.making import record
from huixiang.grants.store import bulks, recipients
from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.members.model.merging import Held
from huixiang.platform.db import Transaction


async def grant(tx: Transaction, grant_id: UUID) -> Bulk:
    """Raises GrantUnknown."""
    return await find(tx, grant_id)


async def grants(tx: Transaction, cursor: str | None, limit: int) -> Page[BulkSummary]:
    """The latest first. Raises InvalidInput for a cursor of another list."""
    before = decode_cursor(cursor, datetime, UUID) if cursor else None
    found = await bulks.newest(tx, before, limit + 1)
    return page_of(found, limit, lambda last: (last.made_at, last.grant_id))


async def rows(tx: Transaction, grant_id: UUID, which: Which | None, cursor: str | None, limit: int) -> Page[Recipient]:
    """Members' rows in the order of their ids. Raises GrantUnknown, and InvalidInput for a cursor of another list."""
    await find(tx, grant_id)
    after: UUID | None = decode_cursor(cursor, UUID)[0] if cursor else None
    found = await recipients.page(tx, grant_id, which, after, limit + 1)
    return page_of(found, limit, lambda last: (last.member_id,))


async def refused_rows(tx: Transaction, grant_id: UUID) -> list[tuple[int, str]]:
    """Rows of the list that name nobody: line and problem. Raises GrantUnknown."""
    await find(tx, grant_id)
    return await recipients.refused_rows(tx, grant_id)


async def note_export(tx: Transaction, grant_id: UUID, which: Which | None, by: UUID) -> None:
    """Who took the rows of a grant away. Raises GrantUnknown."""
    await record(tx, await find(tx, grant_id), f"grant.exported_{which or 'all'}", f"staff:{by}", None)


async def counted(tx: Transaction, member_ids: Sequence[UUID]) -> Mapping[UUID, Held]:
    """For the preview of a merge: what each has under their own id."""
    return await recipients.counted(tx, member_ids)
