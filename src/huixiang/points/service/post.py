"""Posting commands to the ledger."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.points import store
from huixiang.points.events import PointsPosted
from huixiang.points.model import (
    Account,
    AccountKey,
    Book,
    ClawBack,
    Command,
    Credit,
    Lot,
    Mature,
    Outcome,
    Posting,
    PostingConflict,
    Source,
)
from huixiang.points.rules import ledger

Accounts = dict[AccountKey, Account]


async def lock_accounts(tx: Transaction, member_ids: Collection[UUID], books: Sequence[Book]) -> Accounts:
    """Lock members' accounts to the end of the transaction, for a caller that must read more before it posts."""
    return await store.lock_accounts(tx, {(member_id, book) for member_id in member_ids for book in books})


async def post(tx: Transaction, commands: Sequence[Command], locked: Accounts | None = None) -> list[Outcome]:
    """Post commands of any number of members, in the order given per account; one outcome per command.

    A command whose key was used before is not applied again: same content, and the outcome is the first posting;
    other content raises PostingConflict. `locked` are accounts from `lock_accounts` that nothing was posted to since.
    """
    if not commands:
        return []
    accounts = locked or await store.lock_accounts(tx, {_account_key(command) for command in commands})
    made = await store.find_postings(tx, _looked_up(accounts, commands))
    takers = {_account_key(command) for command in commands if not isinstance(command, Credit)}
    await store.load_open_lots(tx, {key: accounts[key] for key in takers if key[1].has_lots})
    before = {key: _snapshot(accounts[key]) for key in takers}

    outcomes: list[Outcome] = []
    fresh: list[Posting] = []
    for command in commands:
        account = accounts[_account_key(command)]
        place = (command.member_id, command.book, command.source.key)
        if first := made.get(place):
            if first.input_hash != ledger.input_hash(command):
                raise PostingConflict(key=command.source.key)
            outcomes.append(Outcome(first, replayed=True))
            continue
        posting = ledger.apply(account, command, tx.now, _origin_lots(command, made))
        if posting:
            made[place] = posting
            fresh.append(posting)
        outcomes.append(Outcome(posting, replayed=False))
    if fresh:
        await _save(tx, accounts, before, fresh)
        _announce(tx, fresh)
    return outcomes


def _account_key(command: Command) -> AccountKey:
    return (command.member_id, command.book)


def _looked_up(accounts: Accounts, commands: Sequence[Command]) -> list[tuple[UUID, Book, str]]:
    """The keys to look for in the journal; an account with no posting has none of them."""
    places: list[tuple[UUID, Book, str]] = []
    for command in commands:
        if accounts[_account_key(command)].seq:
            places.append((command.member_id, command.book, command.source.key))
            if isinstance(command, ClawBack):
                places.append((command.member_id, command.book, command.origin_key))
    return places


def _origin_lots(command: Command, made: dict[tuple[UUID, Book, str], Posting]) -> tuple[int, ...]:
    if not isinstance(command, ClawBack):
        return ()
    origin = made.get((command.member_id, command.book, command.origin_key))
    return origin.alloc[::2] if origin else ()


LotState = tuple[int, int, datetime | None]


def _snapshot(account: Account) -> dict[int, LotState]:
    return {lot.lot_no: _state(lot) for lot in account.lots}


def _state(lot: Lot) -> LotState:
    return (lot.remaining, lot.held, lot.matures_at)


async def _save(
    tx: Transaction,
    accounts: Accounts,
    before: dict[AccountKey, dict[int, LotState]],
    postings: Sequence[Posting],
) -> None:
    touched = {(posting.member_id, posting.book) for posting in postings}
    opened: list[tuple[AccountKey, Lot]] = []
    changed: list[tuple[AccountKey, Lot]] = []
    for key in touched:
        loaded = before.get(key, {})
        for lot in accounts[key].lots:
            if lot.lot_no not in loaded:
                opened.append((key, lot))
            elif loaded[lot.lot_no] != _state(lot):
                changed.append((key, lot))
    await store.insert_postings(tx, postings)
    await store.insert_lots(tx, opened)
    await store.update_lots(tx, changed)
    await store.update_accounts(tx, [accounts[key] for key in touched])


def _announce(tx: Transaction, postings: Sequence[Posting]) -> None:
    for posting in postings:
        tx.emit(
            PointsPosted(
                member_id=posting.member_id,
                occurred_at=posting.occurred_at,
                book=posting.book.code,
                seq=posting.seq,
                kind=posting.kind,
                cause=posting.cause,
                points=posting.points,
                business_day=tx.calendar.day(posting.occurred_at),
                order_id=posting.order_ref,
            )
        )


async def mature_due(tx: Transaction, limit: int) -> int:
    """Make spendable what has waited out its return window, for at most `limit` lots; how many accounts changed."""
    due = await store.members_with_due_lots(tx, limit)
    instant = tx.now.isoformat(timespec="microseconds")
    outcomes = await post(
        tx,
        [
            Mature(
                member_id=member_id,
                book=book,
                source=Source(key=f"mature:{instant}", cause="mature", counter_account="", occurred_at=tx.now),
            )
            for member_id, book in due
        ],
    )
    return sum(outcome.posting is not None for outcome in outcomes)
