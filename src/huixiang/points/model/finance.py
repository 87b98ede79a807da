"""Nouns of finance: trial balance, roll-forward, liability. Amounts are whole points of the book (growth: fen)."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import msgspec

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text


class DayOpen(DomainError):
    """A report of finished days was asked for a day that is not closed. Fields: day, last (the last closed)."""

    code = "finance_day_open"
    status = 409
    title = Text(zh="营业日尚未关账", en="Business day is open")
    detail = Text(zh="{day} 尚未关账；最近关账日：{last}。", en="{day} is not closed; the last day closed: {last}.")


class NoDayClosed(DomainError):
    """A report of finished days was asked for before the first of them was over."""

    code = "finance_no_day_closed"
    status = 409
    title = Text(zh="尚无已关账的营业日", en="No business day is closed yet")
    detail = Text(
        zh="尚无已关账的营业日；第一个营业日结束后即可查询。",
        en="No business day is closed yet; ask again when the first one is over.",
    )


class BookWithoutLots(DomainError):
    """A book that is only added up owes nothing. Field: book."""

    code = "book_without_lots"
    status = 409
    title = Text(zh="此账本没有积分批次", en="Book has no lots")
    detail = Text(zh="账本 {book} 只作累计，没有负债。", en="Book {book} only adds up; there is no liability in it.")


class Group(StrEnum):
    """What a roll-forward is broken down by."""

    NONE = "none"
    CAUSE = "cause"
    BUDGET = "budget"


class Detail(StrEnum):
    """How far a trial balance is broken down: a line for each counter-account, for each cause of it, or for each budget
    of that."""

    ACCOUNT = "account"
    CAUSE = "cause"
    BUDGET = "budget"


# ---------------------------------------------------------------------------------------------------- trial balance
class TrialLine(msgspec.Struct, frozen=True):
    """What stands on one account of the double entry. side "members": `balances` are owed to members, `debts` by them.

    cause, budget: of a counter-account, one line for each as far as asked; null where there is none.
    """

    side: str
    account: str
    cause: str | None
    budget: str | None
    points: int


class Tie(msgspec.Struct, frozen=True):
    """Something the journal says, and the same by the accounts or lots of this moment."""

    what: str
    journal: int
    found: int

    @property
    def difference(self) -> int:
        return self.found - self.journal


class TrialBalance(msgspec.Struct, frozen=True, kw_only=True):
    """Everything posted to a book up to an instant (exclusive), by account; the points of all lines sum to `total`,
    which is 0.

    held, pending: parts of the balances. pools: the part that stands in accounts of family pools. pools, ties: null and
    empty unless asked as of now.
    """

    book: str
    as_of: datetime
    postings: int
    held: int
    pending: int
    pools: int | None
    lines: list[TrialLine]
    total: int
    ties: list[Tie]


# ----------------------------------------------------------------------------------------------------- roll-forward
class RollLine(msgspec.Struct, frozen=True, kw_only=True):
    """One period of one group: opening + issued - redeemed - expired - clawed_back + returned + transfers +
    adjustments + other = closing. Opening and closing are balances less debts; closing + debt_closing is what members
    have. debt_opening + debt_incurred - debt_paid = debt_closing.

    other: counter-accounts that none of the columns is for.
    """

    period: date
    group: str
    opening: int
    issued: int
    redeemed: int
    expired: int
    clawed_back: int
    returned: int
    transfers: int
    adjustments: int
    other: int
    closing: int
    debt_opening: int
    debt_incurred: int
    debt_paid: int
    debt_closing: int


class RollForward(msgspec.Struct, frozen=True, kw_only=True):
    """Lines by group, each with every period from the first to the last. by: day, month (its first day)."""

    book: str
    by: str
    group: Group
    first: date
    last: date
    closed_until: date | None
    lines: list[RollLine]


# -------------------------------------------------------------------------------------------------------- liability
class Outstanding(msgspec.Struct, frozen=True, order=True):
    """Points that are still there, by the months in which they were earned and expire (first days of months)."""

    earned_in: date
    expires_in: date
    points: int


class AgeBucket(msgspec.Struct, frozen=True):
    """months: whole months since the month of earning. fen: its share of the whole, by largest remainder."""

    months: int
    points: int
    fen: int


class ExpiryBucket(msgspec.Struct, frozen=True):
    """expires_in: the first day of the month of expiry; null: never."""

    expires_in: date | None
    points: int
    fen: int


class AgeRate(msgspec.Struct, frozen=True):
    """What of the points that could be used in their nth month of age left otherwise than by expiry, over all months
    of earning (`cohorts`) seen at that age."""

    months: int
    cohorts: int
    at_risk: int
    left: int
    left_bp: int


class Cohort(msgspec.Struct, frozen=True):
    """What became of the points earned in one month, up to now: used (spent less given back), expired, left otherwise
    (taken back, sent away, adjusted), and outstanding. They sum to `credited`."""

    earned_in: date
    credited: int
    used: int
    expired: int
    otherwise: int
    outstanding: int
    used_bp: int
    expired_bp: int


class Breakage(msgspec.Struct, frozen=True, kw_only=True):
    """How much of what is outstanding is expected to expire unused, with a 90 % interval.

    covered: outstanding points whose future months of age have been seen often enough. Others are in no expectation,
    and wholly in `high`. Points that never expire are counted as covered, and break never. *_bp: the same as parts of
    what is outstanding, in basis points, half up.
    """

    expected: int
    low: int
    high: int
    expected_bp: int
    low_bp: int
    high_bp: int
    covered: int
    uncovered: int


class BackTest(msgspec.Struct, frozen=True, kw_only=True):
    """The estimate as it would have been so many months ago, from what was recorded then, of what was to expire since;
    and what did. estimate: null where the data of then were too few, and `why` says which."""

    months_ago: int
    as_of: date
    outstanding: int
    estimate: Breakage | None
    actual: int
    within: bool | None
    why: str | None


class Basis(msgspec.Struct, frozen=True):
    """What an estimate stands on: whole months of data, months of earning in them, and rates by age."""

    first_month: date | None
    last_month: date | None
    months: int
    cohorts: int
    ages: list[AgeRate]


class Liability(msgspec.Struct, frozen=True, kw_only=True):
    """What a book owes its members at the end of a closed business day.

    outstanding = balances, of which held and pending are parts; debts are apart. value_points, value_fen: so many
    points are reckoned at so much; value_version: of the terms of spending that say it, null where the question did.
    gross_fen: all that is outstanding. breakage: null where the data are too few, and `why` says which; net_fen is then
    null too, else it is what is left, for the expectation and for the ends of the interval. ties: the journal's
    balances against what was followed from lot to lot.
    """

    book: str
    as_of: date
    outstanding: int
    held: int
    pending: int
    debts: int
    value_points: int
    value_fen: int
    value_version: int | None
    gross_fen: int
    breakage: Breakage | None
    why: str | None
    net_fen: int | None
    net_low_fen: int | None
    net_high_fen: int | None
    by_age: list[AgeBucket]
    by_expiry: list[ExpiryBucket]
    cohorts: list[Cohort]
    basis: Basis
    back_tests: list[BackTest]
    ties: list[Tie]
