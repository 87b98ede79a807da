"""What a list of commands needs to be decided in memory, and what it leaves to be written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from msgspec import UNSET

from huixiang.platform.db import Transaction
from huixiang.points.events import PointsPosted
from huixiang.points.model import (
    Account,
    AccountKey,
    Book,
    Cap,
    ClawBack,
    Command,
    Credit,
    Lot,
    Moment,
    Outcome,
    Posting,
    PostingConflict,
    Return,
    Settle,
    origin_key,
    posting_key,
)
from huixiang.points.model.breaker import Pause
from huixiang.points.rules import caps, ledger
from huixiang.points.rules.journal import input_hash
from huixiang.points.rules.moment import moment
from huixiang.points.rules.origins import Origin
from huixiang.points.rules.pauses import admit
from huixiang.points.service import pauses
from huixiang.points.store import accounts as account_store
from huixiang.points.store import lots as lot_store
from huixiang.points.store import postings as posting_store
from huixiang.points.store import saving
from huixiang.points.store.saving import Changes

Accounts = dict[AccountKey, Account]
LotState = tuple[int, int, int, datetime | None]


class _Loaded:
    """An account with what the rules look at, and how it was when it was loaded.

    made: its postings by key, as far as commands name them. asked: the caps that the account may not know, so that the
    journal was asked, and counted: what it says of them.
    """

    __slots__ = ("account", "asked", "counted", "counters", "holds", "lots", "made", "moved")

    def __init__(self, account: Account) -> None:
        self.account = account
        self.made: dict[str, Origin] = {}
        self.counted: caps.Counted = {}
        self.asked: list[Cap] = []
        self.moved = False

    def note(self) -> None:
        """How it is now."""
        self.counters = self.account.counters
        self.lots = {lot_no: _state(lot) for lot_no, lot in self.account.lots.items()}
        self.holds = set(self.account.holds)

    def remember(self, posting: Posting) -> None:
        self.made[posting.key] = Origin(posting)
        if posting.origin_key is not None and (origin := self.made.get(posting.origin_key)):
            origin.reversals.append(posting)


class _Asked(NamedTuple):
    """A command with its account, its posting's key (none of a Settle), and the key of what it is about."""

    command: Command
    on: _Loaded
    key: str | None
    origin: str | None


class Batch:
    """Commands on locked accounts, with all that the rules look at."""

    def __init__(self, accounts: Accounts, commands: Sequence[Command], moment: Moment) -> None:
        self._moment = moment
        self._loaded = {key: _Loaded(account) for key, account in accounts.items()}
        self._fresh: list[tuple[_Loaded, Posting]] = []
        self._places: dict[str, str] = {}
        self._pauses: Sequence[Pause] = ()
        self._paused: list[tuple[Credit, Posting]] = []
        self.asked = [
            _Asked(
                command,
                self._loaded[command.account_key],
                None if isinstance(command, Settle) else posting_key(command),
                origin_key(command),
            )
            for command in commands
        ]

    @classmethod
    async def load(
        cls, tx: Transaction, commands: Sequence[Command], locked: Accounts | None, *, fresh: bool = False
    ) -> Batch:
        """Lock the accounts where the caller has not, and read what the commands are about; `fresh`: no postings."""
        accounts = locked or await account_store.lock_accounts(
            tx, {command.account_key: command.book for command in commands}
        )
        batch = cls(accounts, commands, moment(tx.now, tx.calendar))
        batch._pauses = await pauses.open_pauses(tx)
        if not fresh:
            await batch._load_postings(tx)
        await batch._load_lots(tx)
        await batch._load_counts(tx)
        for on in batch._loaded.values():
            on.note()
        return batch

    async def _load_postings(self, tx: Transaction) -> None:
        """Those with the commands' keys, and what the commands are about with its reversals. An account without
        postings has none."""
        keys: list[posting_store.PostingKey] = []
        origins: list[posting_store.PostingKey] = []
        for command, on, key, origin in self.asked:
            if key is None or not on.account.seq:
                continue
            keys.append((command.member_id, command.book.number, key))
            if origin is not None:
                origins.append((command.member_id, command.book.number, origin))
        if not keys:
            return
        postings = await posting_store.find_postings(tx, keys + origins, origins)
        for posting in sorted(postings, key=lambda posting: posting.seq):
            self._loaded[posting.member_id, posting.book].remember(posting)

    async def _load_lots(self, tx: Transaction) -> None:
        accounts: Accounts = {}
        deciding: Accounts = {}
        taken: list[tuple[AccountKey, int]] = []
        opened: list[tuple[AccountKey, int]] = []
        for command, on, _, about in self.asked:
            account = on.account
            if account.seq and ledger.needs_lots(account, command):
                deciding[account.key] = account
            if about is not None and (origin := on.made.get(about)):
                accounts[account.key] = account
                if isinstance(command, Return):
                    taken += [(account.key, lot_no) for lot_no in origin.posting.alloc[::3]]
                elif isinstance(command, ClawBack):
                    opened += [(account.key, lot_no) for lot_no in origin.posting.opened[::5]]
        await lot_store.load_open(tx, deciding)
        await lot_store.load_numbered(tx, accounts, taken)
        await lot_store.load_families(tx, accounts, opened)

    async def _load_counts(self, tx: Transaction) -> None:
        periods: dict[tuple[AccountKey, int], dict[datetime, Cap]] = {}
        for command, on, _, _ in self.asked:
            for cap in command.caps if isinstance(command, Credit) else ():
                periods.setdefault((on.account.key, cap.counter), {}).setdefault(cap.start, cap)
        unknown: list[tuple[AccountKey, Cap]] = []
        for (key, _), starts in periods.items():
            on = self._loaded[key]
            for cap in starts.values():
                # Of several periods the account may forget one while the batch is decided.
                if len(starts) == 1 and on.account.seq and caps.known(on.account, cap) is not None:
                    continue
                on.asked.append(cap)
                on.counted[cap.counter, cap.start] = 0
                if on.account.seq:
                    unknown.append((key, cap))
        if unknown:
            earned = await posting_store.earned_in(tx, unknown)
            for (key, cap), points in zip(unknown, earned, strict=True):
                self._loaded[key].counted[cap.counter, cap.start] = points

    def decide(self, asked: _Asked) -> Outcome:
        """Decide one command after those before it. A refusal raises and leaves no trace."""
        command, on, key, about = asked
        if isinstance(command, Settle):
            outcome = ledger.apply(on.account, command, self._moment)
        elif first := on.made.get(key or ""):
            if first.posting.input_hash != input_hash(command):
                raise PostingConflict(key=posting_key(command))
            return Outcome(first.posting, replayed=True)
        else:
            origin = None if about is None else on.made.get(about)
            admitted = admit(self._pauses, command)
            outcome = ledger.apply(on.account, admitted, self._moment, origin, on.counted)
            if outcome.posting and command.source.place is not None:
                self._places[outcome.posting.key] = command.source.place
            if isinstance(command, Credit) and outcome.posting:
                caps.count(on.counted, on.asked, outcome.posting)
                if admitted is not command:
                    self._paused.append((command, outcome.posting))
        for posting in (*outcome.settled, outcome.posting):
            if posting is not None:
                on.remember(posting)
                on.moved = True
                self._fresh.append((on, posting))
        return outcome

    async def save(self, tx: Transaction) -> None:
        """Write what was decided, and announce it."""
        if not self._fresh:
            return
        await saving.save(tx, self._changes())
        await pauses.keep(tx, self._pauses, self._paused)
        for on, posting in self._fresh:
            tx.emit(_announcement(tx, on.account.book, posting, self._places.get(posting.key)))

    def _changes(self) -> Changes:
        """What differs from what was loaded. Accounts are in the order in which they were locked."""
        changes = Changes([posting for _, posting in self._fresh])
        for key, on in self._loaded.items():
            if not on.moved:
                continue
            account = on.account
            changes.accounts.append(account)
            if account.counters is not on.counters:
                changes.counted.add(key)
            for lot_no, lot in account.lots.items():
                before = on.lots.get(lot_no)
                if before is None:
                    changes.opened.append((key, lot))
                elif before != _state(lot):
                    changes.changed.append((key, lot))
            changes.made += [(key, hold) for hold_id, hold in account.holds.items() if hold_id not in on.holds]
            changes.ended += [(key, hold_id) for hold_id in on.holds if hold_id not in account.holds]
        return changes


def _announcement(tx: Transaction, book: Book, posting: Posting, place: str | None) -> PointsPosted:
    return PointsPosted(
        member_id=posting.member_id,
        occurred_at=posting.occurred_at.astimezone(UTC),
        book=book.code,
        seq=posting.seq,
        kind=posting.kind,
        cause=posting.cause,
        points=posting.points,
        business_day=tx.calendar.day(posting.occurred_at),
        order_id=posting.order_ref,
        store_id=place or UNSET,
    )


def _state(lot: Lot) -> LotState:
    return (lot.remaining, lot.held, lot.lapsed, lot.matures_at)
