"""The doors for one command: SQL functions that decide, write and announce it in one call, in a transaction of its own
(db/migrations/sql/0012_points_doors.sql)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from huixiang.kernel.epoch import microseconds
from huixiang.platform.db import Database
from huixiang.points.model import Cap, Credit, Posting, Spend

EARN = "SELECT points.earn($1, $2, $3, $4, $5, $6)"
SPEND = "SELECT points.spend($1, $2, $3, $4)"


class Answer(msgspec.Struct, frozen=True):
    """status: posted, short or general. available: after it is posted, or where it is short."""

    status: str
    available: int
    posting: Posting | None


async def earn(db: Database, credit: Credit, asked: bytes, now: datetime) -> Answer:
    """Post a credit whose caps count each something else. `asked` is the hash of what was asked."""
    last_day = credit.expires_on if credit.book.has_lots else None
    answer = await db.call(
        EARN, _asked(credit, credit.points, now, asked), credit.book.code, _business_day(db, credit), last_day,
        credit.matures_at, _numbers(credit.caps),
    )  # fmt: skip
    return _answer(answer, credit, credit.points, asked)


async def spend(db: Database, spend: Spend, asked: bytes, now: datetime) -> Answer:
    answer = await db.call(
        SPEND, _asked(spend, -spend.points, now, asked), spend.book.code, _business_day(db, spend), db.calendar.day(now)
    )
    return _answer(answer, spend, -spend.points, asked)


def _business_day(db: Database, command: Credit | Spend) -> date:
    return db.calendar.day(command.source.occurred_at)


def _asked(command: Credit | Spend, requested: int, now: datetime, asked: bytes) -> tuple[object, ...]:
    """A row of points.posting with what is known beforehand."""
    source = command.source
    return (
        command.member_id, command.book.number, None, None, requested, 0, 0, 0, 0, command.kind, source.cause,
        source.counter_account, source.budget, source.rule, source.rule_version, source.order_ref, source.occurred_at,
        now, source.key, None, asked, (), (), None,
    )  # fmt: skip


def _numbers(caps: tuple[Cap, ...]) -> list[int]:
    ordered = sorted(caps, key=lambda cap: cap.counter)
    return [number for cap in ordered for number in (cap.counter, microseconds(cap.start), cap.limit)]


def _answer(answer: Any, command: Credit | Spend, requested: int, asked: bytes) -> Answer:
    status, available, seq, points, pending, recorded_at, alloc, opened, head = answer
    if status != "posted":
        return Answer(status, available or 0, None)
    source = command.source
    posting = Posting(
        command.member_id, command.book.number, seq, points, requested, 0, 0, pending, 0, command.kind, source.cause,
        source.counter_account, source.budget, source.rule, source.rule_version, source.order_ref, source.occurred_at,
        recorded_at, source.key, None, asked, tuple(alloc), tuple(opened), head,
    )  # fmt: skip
    return Answer(status, available, posting)
