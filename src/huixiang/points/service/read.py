"""Reading balances, and what expires of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from huixiang.kernel.errors import InvalidInput
from huixiang.platform.db import Database, Transaction
from huixiang.points.model import NEVER, Account, Balance, Book, ExpiringPoints
from huixiang.points.rules.due import settle
from huixiang.points.rules.moment import moment
from huixiang.points.service.as_of import balance_as_of
from huixiang.points.store import accounts as account_store
from huixiang.points.store import lots as lot_store
from huixiang.points.store import reads as read_store
from huixiang.points.store.reads import Standing

EXPIRING_DAYS_SHOWN = 3


async def read_balance(db: Database, member_id: UUID, book: Book) -> Balance:
    """What a member has at this moment, in one round trip unless something is held or due."""
    async with db.single_read() as tx:
        stands = await read_store.standing(tx, member_id, book)
    expires = None if stands.held else _expiring_of(stands, tx)
    if expires is not None:
        return _balance(book, stands, expires)
    async with db.transaction(now=tx.now, read_only=True) as tx:
        return await balance(tx, member_id, book)


async def balance(tx: Transaction, member_id: UUID, book: Book) -> Balance:
    """What a member has at this moment, whether or not a sweep has been by. A member who never had a posting has
    nothing, which is not an error."""
    stands = await read_store.standing(tx, member_id, book)
    expires = _expiring_of(stands, tx)
    if expires is None or (stands.held and await read_store.is_hold_over(tx, member_id, book)):
        account = await _settled(tx, member_id, book)
        expires = _expiring(account)[:EXPIRING_DAYS_SHOWN]
        stands = Standing(account.balance, account.held, account.pending, account.debt)
    return _balance(book, stands, expires)


def _expiring_of(stands: Standing, tx: Transaction) -> list[ExpiringPoints] | None:
    """The next days on which points expire; None where a lot is due, or where the lots that were read do not say."""
    now, today = tx.now, tx.calendar.day(tx.now)
    by_day: dict[date, int] = {}
    for expires_on, remaining, held, matures_at in stands.lots:
        if (expires_on < today and remaining > held) or (matures_at is not None and matures_at <= now):
            return None
        by_day[expires_on] = by_day.get(expires_on, 0) + remaining
    if stands.more:
        last = max(by_day)
        if stands.pending or last < today or (last < NEVER and len(by_day) <= EXPIRING_DAYS_SHOWN):
            return None
    by_day.pop(NEVER, None)
    return _by_day(by_day)[:EXPIRING_DAYS_SHOWN]


def _balance(book: Book, stands: Standing, expires: list[ExpiringPoints]) -> Balance:
    return Balance(
        book=book.code,
        balance=stands.balance,
        available=stands.balance - stands.held - stands.pending,
        held=stands.held,
        pending=stands.pending,
        debt=stands.debt,
        expiring=expires,
    )


async def balance_at_end(tx: Transaction, member_id: UUID, book: Book, day: date) -> Balance:
    """What stood in the books at the end of a business day. Raises InvalidInput for a day that has not begun."""
    if day > tx.calendar.day(tx.now):
        raise InvalidInput(path="as_of", problem="lies in the future")
    after = tx.calendar.start_of(day + timedelta(days=1))
    stood = await balance_as_of(tx, member_id, book, after - timedelta(microseconds=1))
    by_day: dict[date, int] = {}
    for lot in stood.lots:
        if lot.expires_on is not None:
            by_day[lot.expires_on] = by_day.get(lot.expires_on, 0) + lot.remaining
    return Balance(
        book=book.code,
        balance=stood.balance,
        available=stood.available,
        held=stood.held,
        pending=stood.pending,
        debt=stood.debt,
        expiring=_by_day(by_day)[:EXPIRING_DAYS_SHOWN],
    )


async def expiring(tx: Transaction, member_id: UUID, book: Book, until: date) -> list[ExpiringPoints]:
    """Every day up to and with `until` on which something expires, with how much, the earliest first."""
    return [one for one in _expiring(await _settled(tx, member_id, book)) if one.expires_on <= until]


async def _settled(tx: Transaction, member_id: UUID, book: Book) -> Account:
    """An account as it stands when what is due is done; not locked, and nothing is written."""
    account = await account_store.load_account(tx, member_id, book) or Account(member_id, book)
    if book.has_lots and account.seq:
        await lot_store.load_open(tx, {account.key: account})
        settle(account, moment(tx.now, tx.calendar))
    return account


def _expiring(account: Account) -> list[ExpiringPoints]:
    """The days on which something expires, with how much, the earliest first."""
    by_day: dict[date, int] = {}
    for lot in account.lots.values():
        if lot.remaining and lot.expires_on < NEVER:
            by_day[lot.expires_on] = by_day.get(lot.expires_on, 0) + lot.remaining
    return _by_day(by_day)


def _by_day(by_day: dict[date, int]) -> list[ExpiringPoints]:
    return [ExpiringPoints(day, by_day[day]) for day in sorted(by_day)]


async def earned_by_orders(tx: Transaction, order_ids: Sequence[UUID]) -> dict[int, int]:
    """What orders earned by consumption according to the journal, per number of book, rewards apart; walks the journal,
    so for reconciling alone."""
    return await read_store.earned_by_orders(tx, order_ids)


async def sums_by_day(
    tx: Transaction, member_ids: Collection[UUID], book: Book, since: datetime, kind: str | None = None
) -> dict[UUID, dict[date, int]]:
    """Points per member and business day of `occurred_at`, from an instant on; of postings of one kind, or of all.
    Members without any are absent."""
    return await read_store.sums_by_day(tx, member_ids, book, since, kind)
