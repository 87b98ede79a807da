"""Nouns of the ledger. Amounts are whole points of the account's book (book `growth`: fen of spend)."""

from __future__ import annotations

from datetime import date, datetime
from enum import IntEnum
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.kernel.errors import DomainError
from huixiang.kernel.money import BasisPoints
from huixiang.kernel.text import Text

CHAIN_START = b"\0" * 32
NEVER = date.max  # PostgreSQL's 'infinity': a lot that does not expire


class Book(IntEnum):
    """A kind of balance. Numbers are stored; codes are what callers say."""

    POINTS = 1
    GROWTH = 2

    @property
    def code(self) -> str:
        return self.name.lower()

    @property
    def has_lots(self) -> bool:
        """Growth is only added up over a window of time; it is never spent, so it needs no parcels."""
        return self is Book.POINTS

    @classmethod
    def of(cls, code: str) -> Book:
        """Raises BookUnknown."""
        try:
            return cls[code.upper()]
        except KeyError:
            raise BookUnknown(book=code) from None


AccountKey = tuple[UUID, Book]


class Lot(msgspec.Struct):
    """A parcel of points with one expiry. `matures_at` is set while the points are pending."""

    lot_no: int
    expires_on: date
    original: int
    remaining: int
    held: int
    matures_at: datetime | None
    origin_posting: int
    origin_lot: int | None = None

    @property
    def free(self) -> int:
        return self.remaining - self.held


class Account(msgspec.Struct):
    """One member's account in one book as it stands under its row lock. Changed by `rules` alone.

    `lots` holds the lots that were loaded: none are needed to credit, those with something remaining to take.
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
    lots: list[Lot] = []

    @property
    def available(self) -> int:
        return self.balance - self.held - self.pending


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Why a posting is made, and what makes it one of a kind: `key` is unique per account, for ever."""

    key: str
    cause: str
    counter_account: str
    occurred_at: datetime
    order_ref: UUID | None = None
    rule: str | None = None
    rule_version: int | None = None
    budget: str | None = None


class Credit(msgspec.Struct, frozen=True, kw_only=True):
    """Add points. They pay a debt first; the rest becomes a lot, pending until `matures_at`."""

    member_id: UUID
    book: Book
    points: int
    source: Source
    expires_on: date = NEVER
    matures_at: datetime | None = None


class ClawBack(msgspec.Struct, frozen=True, kw_only=True):
    """Take back earned points: from the lots of the posting with key `origin_key`, then from others, then as debt."""

    member_id: UUID
    book: Book
    points: int
    source: Source
    origin_key: str


class Mature(msgspec.Struct, frozen=True, kw_only=True):
    """Make spendable what is due: every pending lot whose `matures_at` has come."""

    member_id: UUID
    book: Book
    source: Source


Command = Credit | ClawBack | Mature


class Posting(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the journal. `alloc` is what it did to lots, as (lot number, signed amount) pairs laid flat."""

    member_id: UUID
    book: Book
    seq: int
    points: int
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
    input_hash: bytes
    alloc: tuple[int, ...]
    hash: bytes


class Outcome(msgspec.Struct, frozen=True):
    """What became of one command. A replayed one has the posting that it made the first time."""

    posting: Posting | None
    replayed: bool


class ExpiringPoints(msgspec.Struct, frozen=True):
    expires_on: date
    points: int


class Balance(msgspec.Struct, frozen=True):
    """What a member has in one book: balance = available + held + pending. Debt is paid by the next credit."""

    book: str
    balance: int
    available: int
    held: int
    pending: int
    debt: int
    expiring: list[ExpiringPoints]


class StatementLine(msgspec.Struct, frozen=True, kw_only=True):
    """A posting as a member reads it. `balance_after` is net of debt, so it may be negative."""

    seq: int
    kind: str
    cause: str
    points: int
    balance_after: int
    pending_delta: int
    held_delta: int
    debt_delta: int
    rule: str | None
    rule_version: int | None
    order_id: UUID | None
    occurred_at: datetime
    recorded_at: datetime


class BaseRate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`points` for every `fen` paid: (1, 100) is a point a yuan, (1, 1000) a point for ten yuan."""

    points: Annotated[int, Meta(ge=0, le=1_000_000)]
    fen: Annotated[int, Meta(ge=1, le=1_000_000_000)]


class MultiplierCondition(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What must be so for a multiplier to apply to a line. Everything that is given must hold."""

    category: str | None = None
    tier: str | None = None
    weekday: Annotated[int, Meta(ge=1, le=7, description="1 is Monday, 7 is Sunday.")] | None = None
    birthday_month: bool | None = None


class Multiplier(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    bp: BasisPoints
    when: MultiplierCondition
    name: Text | None = None


class Expiry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When what is earned expires: never, or some months after, at the end of that month."""

    policy: Literal["never", "months"]
    months: Annotated[int, Meta(ge=1, le=120)] | None = None
    end_of: Literal["month"] | None = None

    def __post_init__(self) -> None:
        if (self.policy == "months") != (self.months is not None and self.end_of is not None):
            raise ValueError('policy "months" needs months and end_of, and policy "never" takes neither')


class EarningRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A rule document of kind `earning`: what an order earns on what was paid in cash for it."""

    name: Text
    base_rate: BaseRate
    multipliers: list[Multiplier]
    stacking: Literal["highest", "sum", "product"]
    ceiling_bp: BasisPoints
    pending_days: Annotated[int, Meta(ge=0, le=365)]
    expiry: Expiry

    def __post_init__(self) -> None:
        codes = [multiplier.code for multiplier in self.multipliers]
        if len(set(codes)) != len(codes):
            raise ValueError("two multipliers have the same code")

    @property
    def needs_categories(self) -> bool:
        return any(multiplier.when.category is not None for multiplier in self.multipliers)

    @property
    def needs_birthday(self) -> bool:
        return any(multiplier.when.birthday_month is not None for multiplier in self.multipliers)


class EarningLine(msgspec.Struct, frozen=True):
    """A line as earning sees it: its share of the order's cash, and its categories from leaf to root."""

    line_id: str
    paid_fen: int
    categories: tuple[str, ...] = ()


class EarningFacts(msgspec.Struct, frozen=True):
    """What is known when an order is completed."""

    business_day: date
    tier: str | None = None
    birth_month: int | None = None


class Earning(msgspec.Struct, frozen=True):
    """What an order earns: in all, and per line in the order of its lines."""

    points: int
    by_line: list[int]


class Validity(msgspec.Struct, frozen=True):
    """Until when points can be spent, and from when; None: at once."""

    expires_on: date
    matures_at: datetime | None


class LotSums(msgspec.Struct, frozen=True):
    """Sums over an account's lots."""

    remaining: int = 0
    held: int = 0
    pending: int = 0


class Finding(msgspec.Struct, frozen=True):
    """Something that does not hold: of one posting where `seq` is given, else of the account as a whole."""

    member_id: UUID
    book: str
    seq: int | None
    problem: str


class Verification(msgspec.Struct, frozen=True):
    """What a verification walked over, and what it found; the findings are cut off at a limit, their count is not."""

    accounts: int
    postings: int
    differences: int
    findings: list[Finding]


class BookUnknown(DomainError):
    code = "book_unknown"
    status = 404
    title = Text(zh="没有这本账", en="Unknown book")
    detail = Text(zh="没有名为 {book} 的账本。", en="There is no book {book}; books are points and growth.")


class PostingConflict(DomainError):
    code = "posting_conflict"
    status = 409
    title = Text(zh="积分流水冲突", en="Posting conflict")
    detail = Text(zh="键 {key} 已用于另一笔内容不同的流水。", en="Key {key} was used for a posting with other content.")
