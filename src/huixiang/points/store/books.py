"""Books."""

from __future__ import annotations

from huixiang.platform.db import Transaction
from huixiang.points.model import Book


async def all_books(tx: Transaction) -> dict[int, Book]:
    """Every book by its number."""
    rows = await tx.fetch("SELECT book, code, has_lots FROM points.book ORDER BY book")
    return {number: Book(number, code, has_lots) for number, code, has_lots in rows}
