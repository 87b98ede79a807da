"""Writing accounts, lots and open holds again from the journal alone."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from huixiang.kernel.epoch import day_at, instant_at
from huixiang.platform.db import Transaction
from huixiang.points.model import NOT_PENDING, AccountKey, Book, Finding, LotState, MemberRange, Rebuilt, StoredAccount
from huixiang.points.rules.replay import Replay
from huixiang.points.rules.verification import Walk
from huixiang.points.service.verify import walk_members
from huixiang.points.store import rebuild as store
from huixiang.points.store.books import all_books


async def rebuild_members(tx: Transaction, members: MemberRange, *, check: bool = False) -> Rebuilt:
    """Make what the tables say of some members' accounts be what their journal says; with `check`, only say what
    differs.

    Under the owner's role, which may do it; postings wait until the transaction ends. An account whose chain is broken,
    or that is ahead of its journal, is left as it is: such a journal is no witness. What caps counted is not in the
    journal as such: an account that is written again forgets it, and the next earning counts anew. When a hold ends by
    itself is not in the journal either: a hold that is missing comes back without an end, for a person to look at.
    """
    if not check:
        await store.keep_writers_out(tx)
    books = await all_books(tx)
    accounts = postings = left = 0
    findings: list[Finding] = []
    wrong: list[_Wrong] = []

    def look(walk: Walk, stored: StoredAccount) -> None:
        nonlocal accounts, postings, left
        accounts += 1
        postings += walk.postings
        found = list(walk.findings(stored, books[walk.book]))
        findings.extend(found)
        ahead = stored.row is not None and stored.row.seq > walk.replay.seq
        if found and (check or walk.broken or ahead):
            left += 1
        elif found:
            wrong.append(_Wrong(UUID(bytes=walk.member_id), books[walk.book], stored, walk.replay))

    await walk_members(tx, members, look)
    if wrong:
        await _write(tx, wrong)
    return Rebuilt(accounts, postings, len(findings), left, findings)


class _Wrong(NamedTuple):
    """An account to be written again."""

    member_id: UUID
    book: Book
    stored: StoredAccount
    replay: Replay

    @property
    def key(self) -> AccountKey:
        return (self.member_id, self.book.number)


async def _write(tx: Transaction, wrong: list[_Wrong]) -> None:
    await store.delete_accounts(tx, [one.key for one in wrong])
    await store.insert_accounts(tx, [(*one.key, *_account(one.replay)) for one in wrong if one.replay.seq])
    await store.insert_lots(tx, [(*one.key, *_lot(lot)) for one in wrong for lot in one.replay.lots.values()])
    for one in wrong:
        await store.replace_holds(tx, one.key, one.stored.holds, one.replay.holds)


def _account(replay: Replay) -> tuple[object, ...]:
    """The columns of an account; no cap has counted anything."""
    row = replay.account
    return (
        row.balance, row.held, row.pending, row.debt, row.seq, row.last_lot, row.head, (), instant_at(row.recorded_at),
        day_at(row.open_from), row.open_lot,
    )  # fmt: skip


def _lot(lot: LotState) -> tuple[object, ...]:
    """The columns of a lot."""
    matures_at = None if lot.matures_at == NOT_PENDING else instant_at(lot.matures_at)
    return (
        day_at(lot.expires_on), lot.lot_no, lot.original, lot.remaining, lot.held, lot.lapsed, matures_at,
        lot.origin_posting, lot.origin_lot or None,
    )  # fmt: skip
