"""Books: kinds of balance on one engine. A book never changes, so a process keeps those it has met."""

from __future__ import annotations

from collections.abc import Collection

from huixiang.platform.db import Transaction
from huixiang.points.model import Book, BookUnknown
from huixiang.points.store.books import all_books

_books: dict[int, Book] = {}


async def find_books(tx: Transaction, numbers: Collection[int]) -> dict[int, Book]:
    """Books by the number that is stored."""
    if not _books.keys() >= set(numbers):
        _books.update(await all_books(tx))
    return {number: _books[number] for number in numbers}


async def find_book(tx: Transaction, code: str) -> Book:
    """Raises BookUnknown."""
    for _ in range(2):
        for book in _books.values():
            if book.code == code:
                return book
        _books.update(await all_books(tx))
    raise BookUnknown(book=code)
