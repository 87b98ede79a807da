"""Reading balances and statements."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from huixiang.kernel.page import Page, decode_cursor, encode_cursor
from huixiang.platform.db import Transaction
from huixiang.points import store
from huixiang.points.model import Account, Balance, Book, Posting, StatementLine

EXPIRING_DAYS_SHOWN = 3


async def balance(tx: Transaction, member_id: UUID, book: Book) -> Balance:
    """What a member has. A member who never had a posting has nothing, which is not an error."""
    account = await store.load_account(tx, member_id, book) or Account(member_id, book)
    expiring = await store.next_expiring(tx, member_id, book, EXPIRING_DAYS_SHOWN) if book.has_lots else []
    return Balance(
        book=book.code,
        balance=account.balance,
        available=account.available,
        held=account.held,
        pending=account.pending,
        debt=account.debt,
        expiring=expiring,
    )


async def statement(
    tx: Transaction, member_id: UUID, book: Book, cursor: str | None, limit: int
) -> Page[StatementLine]:
    """Postings, the latest first, each with the balance after it. Raises InvalidInput for a cursor of another list."""
    if cursor is None:
        account = await store.load_account(tx, member_id, book) or Account(member_id, book)
        # From the account's own number on: a posting made since it was read is not in its balance.
        before_seq, running = account.seq + 1, account.balance - account.debt
    else:
        before_seq, running = decode_cursor(cursor, int, int)
    postings = await store.postings_before(tx, member_id, book, before_seq, limit + 1)
    lines: list[StatementLine] = []
    for posting in postings[:limit]:
        lines.append(_statement_line(posting, running))
        running -= posting.points
    more = len(postings) > limit
    return Page(lines, encode_cursor(lines[-1].seq, running) if more else None)


def _statement_line(posting: Posting, balance_after: int) -> StatementLine:
    return StatementLine(
        seq=posting.seq,
        kind=posting.kind,
        cause=posting.cause,
        points=posting.points,
        balance_after=balance_after,
        pending_delta=posting.pending_delta,
        held_delta=posting.held_delta,
        debt_delta=posting.debt_delta,
        rule=posting.rule,
        rule_version=posting.rule_version,
        order_id=posting.order_ref,
        occurred_at=posting.occurred_at,
        recorded_at=posting.recorded_at,
    )


async def earned_by_orders(tx: Transaction, order_ids: Sequence[UUID]) -> dict[Book, int]:
    """What orders earned according to the journal, per book; walks the journal, so for reconciling alone."""
    return await store.earned_by_orders(tx, order_ids)


async def sums_by_day(
    tx: Transaction, member_ids: Collection[UUID], book: Book, since: datetime
) -> dict[UUID, dict[date, int]]:
    """Points per member and business day of `occurred_at`, from an instant on. Members without any are absent."""
    return await store.sums_by_day(tx, member_ids, book, since)
