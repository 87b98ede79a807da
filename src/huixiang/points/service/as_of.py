"""What was, at an instant or at the end of a day, from the journal alone (PTS-20).

The instant is compared with `recorded_at`: what had been written by then, whenever it had happened. What was due by
then and had not been settled is not settled here: this is what stood in the books.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from huixiang.kernel.epoch import day_at, instant_at, microseconds
from huixiang.platform.db import Transaction
from huixiang.points.model import (
    NEVER,
    NOT_PENDING,
    SERVER_EPOCH_US,
    AccountBalance,
    BalanceAsOf,
    Book,
    JournalRow,
    LotAsOf,
    LotState,
    MemberRange,
)
from huixiang.points.rules.replay import Replay
from huixiang.points.store.walk import copy_postings, sum_accounts

LAST_ID = UUID(int=2**128 - 1)


async def balance_as_of(tx: Transaction, member_id: UUID, book: Book, instant: datetime) -> BalanceAsOf:
    """An account with its lots as it stood; nothing of a member who had no posting by then."""
    replay = Replay()
    until = microseconds(instant) - SERVER_EPOCH_US

    def feed(rows: Iterator[JournalRow]) -> None:
        for row in rows:
            if row.book == book.number and row.recorded_at <= until:
                replay.feed(row)

    following = None if member_id == LAST_ID else UUID(int=member_id.int + 1)
    await copy_postings(tx, MemberRange(member_id, following), feed)
    stood = replay.account
    lots = sorted((lot for lot in replay.lots.values() if lot.remaining), key=lambda lot: (lot.expires_on, lot.lot_no))
    return BalanceAsOf(
        book=book.code,
        as_of=instant,
        seq=stood.seq,
        balance=stood.balance,
        available=stood.balance - stood.held - stood.pending,
        held=stood.held,
        pending=stood.pending,
        debt=stood.debt,
        lots=[_lot(lot) for lot in lots],
    )


def _lot(lot: LotState) -> LotAsOf:
    expires_on = day_at(lot.expires_on)
    return LotAsOf(
        lot_no=lot.lot_no,
        expires_on=expires_on if expires_on < NEVER else None,
        remaining=lot.remaining,
        held=lot.held,
        matures_at=None if lot.matures_at == NOT_PENDING else instant_at(lot.matures_at),
    )


def balances_at_end(tx: Transaction, day: date) -> AsyncIterator[AccountBalance]:
    """Every account at the end of a business day, in the order of members, one after the other as they are read."""
    return sum_accounts(tx, tx.calendar.start_of(day + timedelta(days=1)))
