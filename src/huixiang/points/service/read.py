"""Reading balances and statements."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

from huixiang.kernel.page import Page, decode_cursor, encode_cursor
from huixiang.platform.db import Transaction
from huixiang.points.model import NEVER, Account, Balance, Book, ExpiringPoints, Posting, StatementLine
from huixiang.points.rules.due import settle
from huixiang.points.rules.moment import moment
from huixiang.points.store import accounts as account_store
from huixiang.points.store import lots as lot_store
from huixiang.points.store import postings as posting_store
from huixiang.points.store import reads as read_store

EXPIRING_DAYS_SHOWN = 3


async def balance(tx: Transaction, member_id: UUID, book: Book) -> Balance:
    """What a member has at this moment, whether or not a sweep has been by. A member who never had a posting has
    nothing, which is not an error."""
    account = await account_store.load_account(tx, member_id, book) or Account(member_id, book)
    if book.has_lots and account.seq:
        await lot_store.load_open(tx, {account.key: account})
        settle(account, moment(tx.now, tx.calendar))
    return Balance(
        book=book.code,
        balance=account.balance,
        available=account.available,
        held=account.held,
        pending=account.pending,
        debt=account.debt,
        expiring=_next_expiring(account),
    )


def _next_expiring(account: Account) -> list[ExpiringPoints]:
    """The earliest days on which something expires, with how much."""
    by_day: dict[date, int] = {}
    for lot in account.lots.values():
        if lot.remaining and lot.expires_on < NEVER:
            by_day[lot.expires_on] = by_day.get(lot.expires_on, 0) + lot.remaining
    return [ExpiringPoints(day, by_day[day]) for day in sorted(by_day)[:EXPIRING_DAYS_SHOWN]]


async def statement(
    tx: Transaction, member_id: UUID, book: Book, cursor: str | None, limit: int
) -> Page[StatementLine]:
    """Postings, the latest first, each with the balance after it. Raises InvalidInput for a cursor of another list."""
    if cursor is None:
        account = await account_store.load_account(tx, member_id, book) or Account(member_id, book)
        # From the account's own number on: a posting made since it was read is not in its balance.
        before_seq, running = account.seq + 1, account.balance - account.debt
    else:
        before_seq, running = decode_cursor(cursor, int, int)
    postings = await posting_store.postings_before(tx, member_id, book, before_seq, limit + 1)
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


async def earned_by_orders(tx: Transaction, order_ids: Sequence[UUID]) -> dict[int, int]:
    """What orders earned according to the journal, per number of book; walks the journal, so for reconciling alone."""
    return await read_store.earned_by_orders(tx, order_ids)


async def sums_by_day(
    tx: Transaction, member_ids: Collection[UUID], book: Book, since: datetime
) -> dict[UUID, dict[date, int]]:
    """Points per member and business day of `occurred_at`, from an instant on. Members without any are absent."""
    return await read_store.sums_by_day(tx, member_ids, book, since)
