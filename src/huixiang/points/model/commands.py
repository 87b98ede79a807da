"""What can be asked of the ledger. Each names one account, and each is decided alone."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from uuid import UUID

import msgspec

from huixiang.points.model.ledger import NEVER, AccountKey, Book, Posting


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Why a posting is made, and what makes it one of a kind: `key` is unique per account, for ever.

    input_hash: of what a caller asked, where the command was decided from that (a retry after a rule changed is still
    the same request); None: the command itself is what was asked.
    place: where it happened (a store). Decides whether a pause covers it, and is not in the journal.
    """

    key: str
    cause: str
    counter_account: str
    occurred_at: datetime
    order_ref: UUID | None = None
    rule: str | None = None
    rule_version: int | None = None
    budget: str | None = None
    input_hash: bytes | None = None
    place: str | None = None


class Cap(msgspec.Struct, frozen=True):
    """A limit on what may be earned in one period; what it cuts is recorded. Growth of the count is never undone.

    counter: what is counted (`rules.caps.counter_id` of the cap's definition).
    start, end: the period, as instants of `occurred_at`; the start also names it in the account's counters.
    causes: the causes it counts; None: all.
    """

    counter: int
    start: datetime
    end: datetime
    limit: int
    causes: tuple[str, ...] | None = None


class Parcel(msgspec.Struct, frozen=True):
    """Points with the last day on which they can be used, pending until `matures_at` where that is given."""

    points: int
    expires_on: date
    matures_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.points <= 0:
            raise ValueError("a parcel has at least one point")


class ClawBackPolicy(StrEnum):
    """Where a claw-back looks for what neither the earning's own lots nor available points could give.

    DEBT: in pending points, and what is still missing is owed. CASH: in the refund's cash; the outcome's `short` says
    how many points' worth. PENDING_ONLY: in pending points, and what is still missing is let go (`short` too).
    """

    DEBT = "debt"
    CASH = "cash"
    PENDING_ONLY = "pending_only"


class _OnAccount(msgspec.Struct, frozen=True, kw_only=True):
    member_id: UUID
    book: Book

    @property
    def account_key(self) -> AccountKey:
        return (self.member_id, self.book.number)


class Credit(_OnAccount, frozen=True, kw_only=True):
    """Add points. They pay a debt first; the rest becomes a lot, pending until `matures_at`."""

    points: int
    source: Source
    kind: Literal["earn", "adjust"] = "earn"
    expires_on: date = NEVER
    matures_at: datetime | None = None
    caps: tuple[Cap, ...] = ()


class Receive(_OnAccount, frozen=True, kw_only=True):
    """Add points that were points before: each parcel keeps its last day and its maturity. They pay a debt first, the
    earliest ones."""

    parcels: tuple[Parcel, ...]
    source: Source
    kind: Literal["transfer_in", "merged_in"] = "transfer_in"

    @property
    def points(self) -> int:
        return sum(parcel.points for parcel in self.parcels)


class Spend(_OnAccount, frozen=True, kw_only=True):
    """Take points, all or none, earliest expiry first. Refused with InsufficientPoints."""

    points: int
    source: Source
    kind: Literal["spend", "adjust", "transfer_out"] = "spend"


class MoveOut(_OnAccount, frozen=True, kw_only=True):
    """Take lots whole, pending ones too, or a debt, for the account of another to receive. `points`: of the lots, less
    the debt that goes along. In a book without lots, so much of what counts at the source's instant: below zero where
    it had been taken back."""

    points: int
    lots: tuple[int, ...]
    source: Source


class Hold(_OnAccount, frozen=True, kw_only=True):
    """Set points aside, earliest expiry first; what is held does not expire. Refused with InsufficientPoints."""

    hold_id: UUID
    points: int
    source: Source
    expires_at: datetime | None


class Capture(_OnAccount, frozen=True, kw_only=True):
    """Spend what a hold set aside, or part of it; the rest is released. After a release it takes what is available,
    and the outcome's `short` says what was missing. Refused with HoldUnknown, HoldFinished, CaptureExceedsHold."""

    hold_id: UUID
    points: int
    source: Source

    def __post_init__(self) -> None:
        if self.points < 0:
            raise ValueError("a capture takes no points or some")


class Release(_OnAccount, frozen=True, kw_only=True):
    """Give back what a hold set aside. Refused with HoldUnknown, HoldFinished."""

    hold_id: UUID
    source: Source


class Return(_OnAccount, frozen=True, kw_only=True):
    """Give back points that the posting with key `origin_key` spent, into their lots, the last taken first. What has
    less than `min_days` left comes back as a new lot of so many days. Refused with OriginUnknown, ExceedsOrigin.
    """

    points: int
    origin_key: str
    source: Source
    min_days: int = 30


class ClawBack(_OnAccount, frozen=True, kw_only=True):
    """Take back points: from the lots of the posting with key `origin_key` first (what of them expired counts as taken
    back), then from what is available, earliest expiry first, then as the policy says. What is held is never taken.

    origin_key: None for a deduction that takes back nothing in particular. Refused with OriginUnknown, ExceedsOrigin;
    in a book without lots, where only a debt can be made of what is missing, by another policy with InsufficientPoints.
    kind: `merged_in` takes over another's debt.
    """

    points: int
    source: Source
    origin_key: str | None
    policy: ClawBackPolicy = ClawBackPolicy.DEBT
    kind: Literal["claw_back", "merged_in"] = "claw_back"


class Clear(_OnAccount, frozen=True, kw_only=True):
    """Make spendable now what is still pending of the posting with key `origin_key`. Refused with OriginUnknown."""

    origin_key: str
    source: Source


class Settle(_OnAccount, frozen=True, kw_only=True):
    """Do what is due and nothing else: release holds past their time, make matured lots spendable, expire lots."""


Keyed = Credit | Receive | Spend | MoveOut | Hold | Capture | Release | Return | ClawBack | Clear
Command = Keyed | Settle


def hold_key(hold_id: UUID) -> str:
    """The key of the posting that makes a hold, whatever key its command has."""
    return f"hold:{hold_id}"


def posting_key(command: Keyed) -> str:
    """The key that a command's posting has, and by which a replay of the command finds it."""
    return hold_key(command.hold_id) if isinstance(command, Hold) else command.source.key


def origin_key(command: Command) -> str | None:
    """The key of the earlier posting that a command is about."""
    match command:
        case Credit() | Spend():
            return None
        case Capture() | Release():
            return hold_key(command.hold_id)
        case Return() | ClawBack() | Clear():
            return command.origin_key
        case _:
            return None


class Outcome(msgspec.Struct, frozen=True):
    """What became of one command. A replayed one has the posting that it made the first time.

    settled: the postings of what was due on the account, made before it.
    """

    posting: Posting | None
    replayed: bool = False
    settled: tuple[Posting, ...] = ()

    @property
    def short(self) -> int:
        return self.posting.short if self.posting else 0
