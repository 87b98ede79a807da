"""Books: kinds of balance on one engine. A book never changes, so a process keeps those it has met."""

from __future__ import annotations

from collections.abc import Collection

from huixiang.platform.db import Transaction
from huixiang.points.model import Book, BookTaken, BookUnknown
from huixiang.points.store.books import all_books, insert_book

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


async def list_books(tx: Transaction) -> list[Book]:
    """Every book, in the order in which they were opened."""
    return list((await all_books(tx)).values())


async def open_book(tx: Transaction, code: str, *, has_lots: bool) -> Book:
    """Open a book; one that was opened alike is that book. Raises BookTaken where it was opened otherwise."""
    book = await insert_book(tx, code, has_lots=has_lots)
    if book is None:
        book = next(book for book in (await all_books(tx)).values() if book.code == code)
    if book.has_lots != has_lots:
        raise BookTaken(book=code)
    return book
