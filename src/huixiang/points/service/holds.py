"""Which points are set aside, and which have been for long."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.platform.db import Transaction
from huixiang.points.model import Book
from huixiang.points.model.requests import OpenHold
from huixiang.points.store import holds as hold_store


async def open_holds(
    tx: Transaction, member_id: UUID, book: Book | None, cursor: str | None, limit: int
) -> Page[OpenHold]:
    """A member's open holds, in one book or all, the earliest made first."""
    return _page(await hold_store.open_holds(tx, member_id, book, _place(cursor), limit + 1), limit)


async def overdue_holds(tx: Transaction, days: int, cursor: str | None, limit: int) -> Page[OpenHold]:
    """Holds of placed orders that are neither captured nor released after so many days, the oldest first. They are
    for a person to look at: none is ever released silently (PTS-07)."""
    made_before = tx.now - timedelta(days=days)
    return _page(await hold_store.placed_before(tx, made_before, _place(cursor), limit + 1), limit)


def _place(cursor: str | None) -> hold_store.Place | None:
    return decode_cursor(cursor, datetime, UUID) if cursor else None


def _page(found: list[OpenHold], limit: int) -> Page[OpenHold]:
    return page_of(found, limit, lambda last: (last.made_at, last.hold_id))
