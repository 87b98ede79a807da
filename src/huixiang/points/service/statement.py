"""Statements: every posting with its cause and the balance after it, by page or all of them (PTS-18)."""

from __future__ import annotations

from uuid import UUID

from huixiang.kernel.errors import InvalidInput
from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.platform.db import Transaction
from huixiang.points.model import Account, Book, StatementLine
from huixiang.points.model.requests import StatementFilter
from huixiang.points.rules.statement import statement_line
from huixiang.points.store import accounts as account_store
from huixiang.points.store import statement as statement_store

ALL = StatementFilter()


async def statement(
    tx: Transaction, member_id: UUID, book: Book, cursor: str | None, limit: int, wanted: StatementFilter = ALL
) -> Page[StatementLine]:
    """Postings, the latest first, each with the balance after it. What is posted between two pages is in neither.

    Raises InvalidInput for a cursor of another list, and for days in the wrong order.
    """
    if wanted.first_day and wanted.last_day and wanted.first_day > wanted.last_day:
        raise InvalidInput(path="to", problem="must not be before `from`")
    if cursor is None:
        account = await account_store.load_account(tx, member_id, book) or Account(member_id, book)
        # From the account's own number on: a posting made since it was read is not in its balance.
        before_seq, balance = account.seq + 1, account.balance - account.debt
    else:
        before_seq, balance = decode_cursor(cursor, int, int)
    found = await statement_store.postings_before(tx, member_id, book, before_seq, balance, wanted, limit + 1)
    lines = [statement_line(posting, balance_after) for posting, balance_after in found]
    return page_of(lines, limit, lambda last: (last.seq, last.balance_after - last.points))
