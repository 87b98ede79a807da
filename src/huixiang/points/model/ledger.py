"""Nouns of the ledger. Amounts are whole points of the account's book (book `growth`: fen of spend)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

import msgspec

from huixiang.kernel.calendar import BusinessCalendar

CHAIN_START = b"\0" * 32
NEVER = date(9999, 1, 1)  # the day of a lot that does not expire: an ordinary date, so that it can be reckoned with
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)  # recorded_at of an account nothing was posted to


class Book(msgspec.Struct, frozen=True, order=True):
    """A kind of balance. Numbers are stored, codes are what callers say.

    A book without lots is only added up over a window of time; it is never spent, so it needs no parcels.
    """

    number: int
    code: str
    has_lots: bool


POINTS = Book(1, "points", has_lots=True)
GROWTH = Book(2, "growth", has_lots=False)

AccountKey = tuple[UUID, int]


class Lot(msgspec.Struct):
    """A parcel of points with one expiry. `expires_on` is the last day on which it can be used.

    matures_at: set while the points are pending.
    lapsed: what expired here.
    origin_lot: the lot in which these points were first credited, where they came back too late to return into theirs.
    """

    lot_no: int
    expires_on: date
    original: int
    remaining: int
    held: int = 0
    lapsed: int = 0
    matures_at: datetime | None = None
    origin_posting: int = 0
    origin_lot: int | None = None

    @property
    def free(self) -> int:
        return self.remaining - self.held

    @property
    def place(self) -> tuple[date, int]:
        """Where it stands in the order of consumption, and in the table's key."""
        return (self.expires_on, self.lot_no)


class HeldPoints(msgspec.Struct):
    """An open hold. `alloc` is what it pins, as (lot number, points) laid flat, earliest expiry first.

    expires_at: None for one that waits until it is captured or released (a placed order).
    """

    hold_id: UUID
    points: int
    alloc: tuple[int, ...]
    expires_at: datetime | None
    order_ref: UUID | None = None


class Account(msgspec.Struct):
    """One member's account in one book as it stands under its row lock. Changed by `rules` alone.

    counters: what caps have counted, as (cap, period, points) laid flat; see `rules.caps`.
    recorded_at: of the last posting; the next is not before it.
    open_from, open_lot: no lot before this place has anything remaining.
    lots, holds: those that were loaded. None are needed to credit; to take, the lots with something remaining, those
    that the command names, and the open holds.
    """

    member_id: UUID
    book: Book
    balance: int = 0
    held: int = 0
    pending: int = 0
    debt: int = 0
    seq: int = 0
    last_lot: int = 0
    head: bytes = CHAIN_START
    counters: tuple[int, ...] = ()
    recorded_at: datetime = BEGINNING
    open_from: date = NEVER
    open_lot: int = 0
    lots: dict[int, Lot] = {}
    holds: dict[UUID, HeldPoints] = {}

    @property
    def available(self) -> int:
        return self.balance - self.held - self.pending

    @property
    def key(self) -> AccountKey:
        return (self.member_id, self.book.number)


class PostingFields(msgspec.Struct, frozen=True):
    """What a line of the journal says, but for what is shown otherwise than it is kept.

    requested: the points that were asked for, with the sign of `points`; 0 where a posting only changes their state.
    lapsed: of a claw-back, what had expired before and so counts as taken back.
    origin_key: the posting that this one gives back, takes back or finishes.
    """

    member_id: UUID
    book: int
    seq: int
    points: int
    requested: int
    lapsed: int
    held_delta: int
    pending_delta: int
    debt_delta: int
    kind: str
    cause: str
    counter_account: str
    budget: str | None
    rule: str | None
    rule_version: int | None
    order_ref: UUID | None
    occurred_at: datetime
    recorded_at: datetime
    key: str
    origin_key: str | None


class Posting(PostingFields, frozen=True):
    """One line of the journal.

    alloc: what it did to lots, as (lot number, change of remaining, change of held) laid flat.
    opened: the lots it opened, as (lot number, points, last day, maturity, origin lot) laid flat; days and microseconds
    since 1970-01-01 UTC, -1 for no maturity, 0 for no origin.
    """

    input_hash: bytes
    alloc: tuple[int, ...]
    opened: tuple[int, ...]
    hash: bytes

    @property
    def short(self) -> int:
        """What was asked for and neither posted nor lapsed: cut by a cap, or missing when it was taken."""
        return abs(self.requested) - self.lapsed - abs(self.points)


class Moment(msgspec.Struct, frozen=True):
    """When commands are decided: the instant, its business day, and until when a hold's release gives what outlived
    its day (24 hours at least, so the day after). The calendar says what those days are at another instant."""

    recorded_at: datetime
    today: date
    release_until: date
    calendar: BusinessCalendar
