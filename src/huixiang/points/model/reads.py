"""What reads of the ledger answer."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

import msgspec


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


class LotAsOf(msgspec.Struct, frozen=True):
    """A lot that had something remaining. expires_on: None for one that never expires. matures_at: None where it could
    be spent."""

    lot_no: int
    expires_on: date | None
    remaining: int
    held: int
    matures_at: datetime | None


class BalanceAsOf(msgspec.Struct, frozen=True):
    """What stood in the books at an instant. seq: of the last posting by then, 0 where there was none."""

    book: str
    as_of: datetime
    seq: int
    balance: int
    available: int
    held: int
    pending: int
    debt: int
    lots: list[LotAsOf]


class AccountBalance(msgspec.Struct, frozen=True):
    """What one account of many stood at; `book` is its number."""

    member_id: UUID
    book: int
    balance: int
    held: int
    pending: int
    debt: int


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


class RootFinding(msgspec.Struct, frozen=True):
    """Something that does not hold of the signed root of a day."""

    day: date
    problem: str


class Verification(msgspec.Struct, frozen=True):
    """What a verification walked over, and what it found; the findings are cut off at a limit, their count is not."""

    accounts: int = 0
    postings: int = 0
    roots: int = 0
    differences: int = 0
    findings: list[Finding] = []
    root_findings: list[RootFinding] = []


class Rebuilt(msgspec.Struct, frozen=True):
    """What a rebuilding walked over, what differed, and how many accounts differ still."""

    accounts: int
    postings: int
    differences: int
    left: int
    findings: list[Finding]
