"""What systems ask of the ledger over HTTP, one command each, and what they are answered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from huixiang.points.model.commands import ClawBackPolicy
from huixiang.points.model.reads import StatementLine

Amount = Annotated[int, Meta(ge=1, le=1_000_000_000, description="Points.", examples=[120])]
# `$` alone would let a line break at the end pass.
CODE = r"^[a-z][a-z0-9_.-]{0,31}$(?!\n)"
BOOK_CODE = r"^[a-z][a-z0-9_]{0,31}$(?!\n)"

Budget = Annotated[str, Meta(pattern=CODE, description="Who pays for it.", examples=["care"])]
BookCode = Annotated[str, Meta(pattern=BOOK_CODE, description="A book.", examples=["points"])]
Cause = Annotated[str, Meta(pattern=CODE, description="Why.", examples=["goodwill"])]
Seq = Annotated[int, Meta(ge=1, le=2**53 - 1, description="The number of an earlier posting in the same book.")]
StoreId = Annotated[str, Meta(min_length=1, max_length=64, description="Where: a store.")]
HoldSeconds = Annotated[int, Meta(ge=1, le=30 * 86_400)]

UNPLACED_S = 900  # an unplaced hold lives as long as a quote


class NewCredit(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Points to give.

    expires_on: the last day; left out, as the earning rules of the book say, and never where it has none.
    matures_at: from when they can be spent; left out, at once. budget: of whom they are paid.
    """

    points: Amount
    cause: Cause
    book: BookCode = "points"
    occurred_at: datetime | None = None
    expires_on: date | None = None
    matures_at: datetime | None = None
    order_id: UUID | None = None
    budget: Budget | None = None
    store_id: StoreId | None = None


class NewSpend(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Points to take for something, all or none."""

    points: Amount
    cause: Cause
    book: BookCode = "points"
    occurred_at: datetime | None = None
    order_id: UUID | None = None
    budget: Budget | None = None
    store_id: StoreId | None = None


class NewHold(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Points to set aside. expires_in_s: seconds until they are free again by themselves; null for a placed order,
    whose points wait until they are captured or released."""

    points: Amount
    cause: Cause
    book: BookCode = "points"
    expires_in_s: HoldSeconds | None = UNPLACED_S
    order_id: UUID | None = None
    budget: Budget | None = None
    store_id: StoreId | None = None


class NewCapture(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much of a hold to spend; the rest is released."""

    points: Annotated[int, Meta(ge=0, le=1_000_000_000, description="Points.", examples=[120])]
    occurred_at: datetime | None = None
    store_id: StoreId | None = None


class NewRelease(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Give a hold free. There is nothing that must be said: `{}`."""

    occurred_at: datetime | None = None


class NewReturn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Points to give back of what a spend or a capture took. cause: left out, that of what is given back.

    min_days: what would expire sooner comes back as points that last so many days.
    """

    points: Amount
    origin_seq: Seq
    cause: Cause | None = None
    book: BookCode = "points"
    occurred_at: datetime | None = None
    min_days: Annotated[int, Meta(ge=0, le=3650)] = 30


class NewClawBack(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Points to take back of what was earned; without `origin_seq` a deduction that takes back nothing in particular.

    policy: what becomes of points that are not there: owed (`debt`), due in cash (`cash`), let go (`pending_only`).
    """

    points: Amount
    origin_seq: Seq | None = None
    cause: Cause | None = None
    book: BookCode = "points"
    occurred_at: datetime | None = None
    policy: ClawBackPolicy = ClawBackPolicy.DEBT

    def __post_init__(self) -> None:
        if self.origin_seq is None and self.cause is None:
            raise ValueError("give origin_seq, or a cause")


Asked = NewCredit | NewSpend | NewHold | NewCapture | NewRelease | NewReturn | NewClawBack


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A command as it was asked for. `key` is the caller's, `input_hash` covers all that was asked.

    hold_id: of a capture or a release.
    """

    member_id: UUID
    key: str
    input_hash: bytes
    asked: Asked
    hold_id: UUID | None = None


class Sums(msgspec.Struct, frozen=True):
    """What an account came to by a posting: balance = available + held + pending."""

    balance: int
    available: int
    held: int
    pending: int
    debt: int


class Posted(msgspec.Struct, frozen=True, kw_only=True):
    """The posting that a command made, and the account right after it.

    short: points that were asked for and not posted: cut by a cap, or missing. hold_id: of a hold and what ends it.
    expires_at: of a hold that ends by itself.
    """

    member_id: UUID
    book: str
    posting: StatementLine
    short: int
    after: Sums
    hold_id: UUID | None = None
    expires_at: datetime | None = None


class OpenHold(msgspec.Struct, frozen=True, kw_only=True):
    """Points that are set aside. expires_at: null for those of a placed order."""

    member_id: UUID
    hold_id: UUID
    book: str
    points: int
    cause: str
    made_at: datetime
    expires_at: datetime | None
    order_id: UUID | None


class NewBook(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A kind of balance to open. It is never changed.

    has_lots: whether its points are spent and can expire; one without only adds up.
    """

    code: Annotated[str, Meta(pattern=BOOK_CODE, examples=["gift"])]
    has_lots: bool = True


class StatementFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which postings a statement shows; balances count the others too. Days are business days of `occurred_at`, both
    included."""

    kind: str | None = None
    cause: str | None = None
    first_day: date | None = None
    last_day: date | None = None
