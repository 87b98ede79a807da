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
