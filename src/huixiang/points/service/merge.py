"""All points of one member for another, when two members turn out to be one person.

Who merges has frozen both members. `move_all` is the transaction of the one who goes: of each book it takes what there
is, pending and debt too, and sends it on its way as a transfer does; a handler brings it there, and then tells the
sender (docs/domain/movement.md). What is only added up goes day by day, so that it goes on counting from where it did.
Postings stay under the old id.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from msgspec.structs import replace

from huixiang.platform.db import Transaction
from huixiang.points.events import TransferSent
from huixiang.points.model import BEGINNING, Account, Book, Lot, PostingConflict, Settle, Source
from huixiang.points.model.commands import MoveOut
from huixiang.points.model.transfer import (
    IN_TRANSIT,
    Counting,
    MergeRefused,
    MergeSpent,
    MergeUnfinished,
    PointsMergeUnknown,
    Purpose,
    StoredTransfer,
    Transfer,
    TransferToSelf,
)
from huixiang.points.rules.moves import parcels_of, untouched
from huixiang.points.service.books import find_book
from huixiang.points.service.post import lock_accounts, post
from huixiang.points.service.transit import transit_key
from huixiang.points.store import lots as lot_store
from huixiang.points.store import merges as store
from huixiang.points.store import pools as pool_store
from huixiang.points.store import postings as posting_store
from huixiang.points.store import reads as read_store
from huixiang.points.store import transfers as transfer_store


async def move_all(tx: Transaction, from_id: UUID, to_id: UUID, *, merge_id: UUID) -> list[Transfer]:
    """Send all that a member has on its way to another, a transfer for each book in which there is something. It is
    done when `read_merge` says so of each.

    The same `merge_id` again answers with what became of it so far. What comes back to the old id later, by a refund of
    an old order, is moved by another `merge_id`. Raises TransferToSelf; MergeRefused while something is not ended;
    PostingConflict for the id of a merge with another.
    """
    if from_id == to_id:
        raise TransferToSelf
    books = [await find_book(tx, code) for code in await store.books_of(tx, from_id)]
    await lock_accounts(tx, [from_id], books)
    if known := await read_merge(tx, from_id, merge_id):
        if any(one.other_id != to_id for one in known):
            raise PostingConflict(key=str(merge_id))
        return known
    accounts = await _settled(tx, from_id, books)
    matters = await store.open_matters(tx, from_id)
    if await pool_store.pool_of(tx, from_id):
        matters.append("pool")
    if any(account.held for account in accounts):
        matters.append("holds")
    if matters:
        raise MergeRefused(open=", ".join(sorted(matters)))
    sent = []
    for account in accounts:
        transfer_id = _id(merge_id, "merge", account.book)
        if not account.book.has_lots:
            sent += await _send_days(tx, account, to_id, transfer_id, "merge", await _days(tx, account))
            continue
        lots = sorted((lot for lot in account.lots.values() if lot.remaining), key=lambda lot: lot.place)
        sent += await _send(tx, account, to_id, transfer_id, "merge", lots, account.debt)
    return sent


async def move_back(tx: Transaction, to_id: UUID, from_id: UUID, *, merge_id: UUID) -> list[Transfer]:
    """Undo a merge: send what it brought to `to_id` back to `from_id`. What expired meanwhile stays so.

    The same again answers with what became of it. Raises PointsMergeUnknown, MergeUnfinished, and MergeSpent where
    something of it was spent or held, or it paid a debt, or a debt that it brought was paid.
    """
    books = [await find_book(tx, code) for code in await store.books_of(tx, to_id)]
    await lock_accounts(tx, [to_id], books)
    if known := await _found(tx, to_id, merge_id, "unmerge", books):
        return known
    arrived = await _found(tx, to_id, merge_id, "merge", books)
    if len(arrived) < len(await read_merge(tx, from_id, merge_id)):
        raise MergeUnfinished(merge_id=merge_id)
    if not arrived or any(one.other_id != from_id for one in arrived):
        raise PointsMergeUnknown(merge_id=merge_id)
    by_id = {one.transfer_id: one for one in arrived}
    sent = []
    for account in await _settled(tx, to_id, books):
        transfer = by_id.get(_id(merge_id, "merge", account.book))
        back_id = _id(merge_id, "unmerge", account.book)
        if transfer is None:
            continue
        if not account.book.has_lots:
            if transfer.points > account.balance:
                raise MergeSpent(merge_id=merge_id)
            [days] = (await transfer_store.load_days(tx, [(from_id, transfer.transfer_id)])).values()
            sent += await _send_days(tx, account, from_id, back_id, "unmerge", days)
        else:
            lots = await _untouched(tx, account, transfer, merge_id)
            debt = max(-transfer.points, 0)
            sent += await _send(tx, account, from_id, back_id, "unmerge", lots, debt)
    return sent


async def read_merge(tx: Transaction, from_id: UUID, merge_id: UUID) -> list[Transfer]:
    """What a merge took from the member who goes, by book; `received` where it has arrived and that was acknowledged.
    None: there was nothing, or there was no such merge."""
    books = [await find_book(tx, code) for code in await store.books_of(tx, from_id)]
    return await _found(tx, from_id, merge_id, "merge", books)


async def read_unmerge(tx: Transaction, into_id: UUID, merge_id: UUID) -> list[Transfer]:
    """What an undone merge took from the member who stays, by book, as `read_merge`."""
    books = [await find_book(tx, code) for code in await store.books_of(tx, into_id)]
    return await _found(tx, into_id, merge_id, "unmerge", books)


async def _found(
    tx: Transaction, owner: UUID, merge_id: UUID, purpose: Purpose, books: Sequence[Book]
) -> list[Transfer]:
    found = [await transfer_store.find_transfer(tx, owner, _id(merge_id, purpose, book)) for book in books]
    return [transfer for transfer in found if transfer is not None]


async def _settled(tx: Transaction, member_id: UUID, books: Sequence[Book]) -> list[Account]:
    """The accounts, locked, with their open lots, after what is due on them."""
    await post(tx, [Settle(member_id=member_id, book=book) for book in books])
    locked = await lock_accounts(tx, [member_id], books)
    await lot_store.load_open(tx, locked)
    return [locked[member_id, book.number] for book in books]


async def _untouched(tx: Transaction, account: Account, transfer: Transfer, merge_id: UUID) -> list[Lot]:
    key = (*account.key, transit_key(transfer.transfer_id, "in"))
    [moved_in] = await posting_store.find_postings(tx, [key], [])
    await lot_store.load_numbered(
        tx, {account.key: account}, [(account.key, lot_no) for lot_no in moved_in.opened[::5]]
    )
    lots = untouched(account, moved_in)
    if lots is None:
        raise MergeSpent(merge_id=merge_id)
    return [lot for lot in lots if lot.remaining]


async def _days(tx: Transaction, account: Account) -> list[Counting]:
    """What stands in a book that is only added up, by business day."""
    sums = await read_store.sums_by_day(tx, [account.member_id], account.book, BEGINNING)
    by_day = sorted(sums.get(account.member_id, {}).items())
    return [Counting(points, day, tx.calendar.start_of(day)) for day, points in by_day if points]


async def _send_days(
    tx: Transaction, account: Account, to_id: UUID, transfer_id: UUID, purpose: Purpose, days: Sequence[Counting]
) -> list[Transfer]:
    if not days:
        return []
    commands = [
        MoveOut(
            member_id=account.member_id, book=account.book, points=one.points, lots=(),
            source=_source(f"{transit_key(transfer_id, 'out')}:{number}", purpose, one.since),
        )
        for number, one in enumerate(days)
    ]  # fmt: skip
    points = sum(one.points for one in days)
    stored = _stored(tx, account, to_id, transfer_id, purpose, points)
    return [await _depart(tx, account, commands, replace(stored, days=tuple(days)))]


async def _send(
    tx: Transaction, account: Account, to_id: UUID, transfer_id: UUID, purpose: Purpose, lots: Sequence[Lot], debt: int
) -> list[Transfer]:
    """Nothing is sent where there is nothing. A debt stands where nothing is available, so it goes alone."""
    points = sum(lot.remaining for lot in lots) - debt
    if not points:
        return []
    # Parcels are as the lots are before they go.
    stored = replace(_stored(tx, account, to_id, transfer_id, purpose, points), parcels=parcels_of(lots))
    command = MoveOut(
        member_id=account.member_id, book=account.book, points=points, lots=tuple(lot.lot_no for lot in lots),
        source=_source(transit_key(transfer_id, "out"), purpose, tx.now),
    )  # fmt: skip
    return [await _depart(tx, account, [command], stored)]


def _source(key: str, purpose: Purpose, occurred_at: datetime) -> Source:
    return Source(key=key, cause=purpose, counter_account=IN_TRANSIT, occurred_at=occurred_at)


def _stored(
    tx: Transaction, account: Account, to_id: UUID, transfer_id: UUID, purpose: Purpose, points: int
) -> StoredTransfer:
    transfer = Transfer(
        transfer_id=transfer_id, direction="out", purpose=purpose, other_id=to_id, points=points, fee=0,
        state="on_the_way", created_at=tx.now, finished_at=None,
    )  # fmt: skip
    return StoredTransfer(member_id=account.member_id, book=account.book, transfer=transfer)


async def _depart(tx: Transaction, account: Account, commands: Sequence[MoveOut], stored: StoredTransfer) -> Transfer:
    await post(tx, commands, {account.key: account})
    await transfer_store.insert_transfers(tx, [stored], [None])
    transfer = stored.transfer
    tx.emit(
        TransferSent(
            member_id=account.member_id, occurred_at=tx.now, transfer_id=transfer.transfer_id,
            purpose=transfer.purpose, book=account.book.code, points=transfer.points, receiver_id=transfer.other_id,
            fee=0,
        )
    )  # fmt: skip
    return transfer


def _id(merge_id: UUID, purpose: Purpose, book: Book) -> UUID:
    """One transfer for each book; the same merge has the same, whoever asks again."""
    return uuid5(merge_id, f"{purpose}:{book.code}")
