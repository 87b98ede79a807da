"""What a list of commands needs to be decided in memory, and what it leaves to be written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from huixiang.platform.db import Transaction
from huixiang.points.events import PointsPosted
from huixiang.points.model import (
    Account,
    AccountKey,
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


class Batch:
    """Locked accounts, with all that the rules look at."""

    def __init__(self, accounts: Accounts, moment: Moment) -> None:
        self.accounts = accounts
        self.fresh: list[Posting] = []
        self._moment = moment
        self._made: dict[AccountKey, dict[str, Origin]] = {key: {} for key in accounts}
        self._counted: dict[AccountKey, caps.Counted] = {key: {} for key in accounts}
        self._lots_before: dict[AccountKey, dict[int, LotState]] = {}
        self._holds_before: dict[AccountKey, set[UUID]] = {}
        self._pauses: Sequence[Pause] = ()
        self._paused: list[tuple[Credit, Posting]] = []

    @classmethod
    async def load(cls, tx: Transaction, commands: Sequence[Command], locked: Accounts | None) -> Batch:
        """Lock the accounts where the caller has not, and read what the commands are about."""
        accounts = locked or await account_store.lock_accounts(
            tx, {command.account_key: command.book for command in commands}
        )
        batch = cls(accounts, moment(tx.now, tx.calendar))
        batch._pauses = await pauses.open_pauses(tx)
        await batch._load_postings(tx, commands)
        await batch._load_lots(tx, commands)
        await batch._load_counts(tx, commands)
        for key, account in accounts.items():
            batch._lots_before[key] = {lot_no: _state(lot) for lot_no, lot in account.lots.items()}
            batch._holds_before[key] = set(account.holds)
        return batch

    async def _load_postings(self, tx: Transaction, commands: Sequence[Command]) -> None:
        """Those with the commands' keys, and what the commands are about with its reversals. An account without
        postings has none."""
        keys: list[posting_store.PostingKey] = []
        origins: list[posting_store.PostingKey] = []
        for command in commands:
            if isinstance(command, Settle) or not self.accounts[command.account_key].seq:
                continue
            keys.append((*command.account_key, posting_key(command)))
            if (origin := origin_key(command)) is not None:
                keys.append((*command.account_key, origin))
                origins.append((*command.account_key, origin))
        if not keys:
            return
        postings = await posting_store.find_postings(tx, keys, origins)
        for posting in sorted(postings, key=lambda posting: posting.seq):
            self._remember(posting)

    def _remember(self, posting: Posting) -> None:
        made = self._made[posting.member_id, posting.book]
        made[posting.key] = Origin(posting)
        if posting.origin_key is not None and (origin := made.get(posting.origin_key)):
            origin.reversals.append(posting)

    async def _load_lots(self, tx: Transaction, commands: Sequence[Command]) -> None:
        accounts = {command.account_key: self.accounts[command.account_key] for command in commands}
        deciding = {
            command.account_key for command in commands if ledger.needs_lots(accounts[command.account_key], command)
        }
        await lot_store.load_open(tx, {key: accounts[key] for key in deciding if accounts[key].seq})
        taken: list[tuple[AccountKey, int]] = []
        opened: list[tuple[AccountKey, int]] = []
        for command in commands:
            if origin := self._made[command.account_key].get(origin_key(command) or ""):
                if isinstance(command, Return):
                    taken += [(command.account_key, lot_no) for lot_no in origin.posting.alloc[::3]]
                elif isinstance(command, ClawBack):
                    opened += [(command.account_key, lot_no) for lot_no in origin.posting.opened[::5]]
        await lot_store.load_numbered(tx, accounts, taken)
        await lot_store.load_families(tx, accounts, opened)

    async def _load_counts(self, tx: Transaction, commands: Sequence[Command]) -> None:
        for command in commands:
            for cap in command.caps if isinstance(command, Credit) else ():
                counted = self._counted[command.account_key]
                if (cap.counter, cap.start) not in counted:
                    known = caps.known(self.accounts[command.account_key], cap)
                    if known is None:
                        known = await posting_store.earned_in(tx, command.account_key, cap)
                    counted[cap.counter, cap.start] = known

    def decide(self, command: Command) -> Outcome:
        """Decide one command after those before it. A refusal raises and leaves no trace."""
        account = self.accounts[command.account_key]
        made = self._made[account.key]
        if isinstance(command, Settle):
            outcome = ledger.apply(account, command, self._moment)
        elif first := made.get(posting_key(command)):
            if first.posting.input_hash != input_hash(command):
                raise PostingConflict(key=posting_key(command))
            return Outcome(first.posting, replayed=True)
        else:
            origin = made.get(origin_key(command) or "")
            admitted = admit(self._pauses, command)
            outcome = ledger.apply(account, admitted, self._moment, origin, self._counted[account.key])
            if admitted is not command and isinstance(command, Credit) and outcome.posting:
                self._paused.append((command, outcome.posting))
        fresh = [*outcome.settled, *([outcome.posting] if outcome.posting else [])]
        for posting in fresh:
            self._remember(posting)
        self.fresh += fresh
        return outcome

    async def save(self, tx: Transaction) -> None:
        """Write what was decided, and announce it."""
        if not self.fresh:
            return
        await saving.save(tx, self._changes())
        await pauses.keep(tx, self._pauses, self._paused)
        for posting in self.fresh:
            tx.emit(self._announcement(tx, posting))

    def _changes(self) -> Changes:
        """What differs from what was loaded."""
        changes = Changes(self.fresh)
        for key in sorted({(posting.member_id, posting.book) for posting in self.fresh}):
            account = self.accounts[key]
            changes.accounts.append(account)
            before = self._lots_before[key]
            for lot_no, lot in account.lots.items():
                if lot_no not in before:
                    changes.opened.append((key, lot))
                elif before[lot_no] != _state(lot):
                    changes.changed.append((key, lot))
            held = self._holds_before[key]
            changes.made += [(key, hold) for hold_id, hold in account.holds.items() if hold_id not in held]
            changes.ended += [(key, hold_id) for hold_id in held if hold_id not in account.holds]
        return changes

    def _announcement(self, tx: Transaction, posting: Posting) -> PointsPosted:
        return PointsPosted(
            member_id=posting.member_id,
            occurred_at=posting.occurred_at.astimezone(UTC),
            book=self.accounts[posting.member_id, posting.book].book.code,
            seq=posting.seq,
            kind=posting.kind,
            cause=posting.cause,
            points=posting.points,
            business_day=tx.calendar.day(posting.occurred_at),
            order_id=posting.order_ref,
        )


def _state(lot: Lot) -> LotState:
    return (lot.remaining, lot.held, lot.lapsed, lot.matures_at)
