"""Books."""

from __future__ import annotations

from huixiang.platform.db import Transaction
from huixiang.points.model import Book


async def all_books(tx: Transaction) -> dict[int, Book]:
    """Every book by its number."""
    rows = await tx.fetch("SELECT book, code, has_lots FROM points.book ORDER BY book")
    return {number: Book(number, code, has_lots) for number, code, has_lots in rows}


async def insert_book(tx: Transaction, code: str, *, has_lots: bool) -> Book | None:
    """Open a book under the next number; None where there is one with that code."""
    # Those who open a book take turns; nothing else waits for them.
    await tx.execute("SELECT pg_advisory_xact_lock(hashtext('points.book'))")
    row = await tx.fetchrow(
        """
        INSERT INTO points.book (book, code, has_lots)
        SELECT max(book) + 1, $1, $2 FROM points.book
        ON CONFLICT (code) DO NOTHING
        RETURNING book, code, has_lots
        """,
        code,
        has_lots,
    )
    return None if row is None else Book(*row)
