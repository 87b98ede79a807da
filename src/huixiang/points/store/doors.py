"""The doors for one command: SQL functions that decide, write and announce it in one call, in a transaction of its own
(db/migrations/sql/0012_points_doors.sql)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import msgspec

from huixiang.platform.db import Database
from huixiang.points.model import Cap, Credit, Posting, Spend
from huixiang.points.rules.canonical import microseconds
from huixiang.points.rules.journal import input_hash
from huixiang.points.store.postings import posting_of

EARN = "SELECT status, available, (posted).* FROM points.earn($1, $2, $3, $4, $5, $6)"
SPEND = "SELECT status, available, (posted).* FROM points.spend($1, $2, $3, $4)"


class Answer(msgspec.Struct, frozen=True):
    """status: posted, replayed, conflict, short or general. available: where it is posted or short."""

    status: str
    available: int | None
    posting: Posting | None


async def earn(db: Database, credit: Credit, now: datetime) -> Answer:
    """Post a credit whose caps count each something else."""
    last_day = credit.expires_on if credit.book.has_lots else None
    return _answer(
        await db.call(
            EARN, _asked(credit, credit.points, now), credit.book.code, _business_day(db, credit), last_day,
            credit.matures_at, _numbers(credit.caps),
        )
    )  # fmt: skip


async def spend(db: Database, spend: Spend, now: datetime) -> Answer:
    return _answer(
        await db.call(
            SPEND, _asked(spend, -spend.points, now), spend.book.code, _business_day(db, spend), db.calendar.day(now)
        )
    )  # fmt: skip


def _business_day(db: Database, command: Credit | Spend) -> date:
    return db.calendar.day(command.source.occurred_at)


def _asked(command: Credit | Spend, requested: int, now: datetime) -> tuple[object, ...]:
    """A row of points.posting with what is known beforehand."""
    source = command.source
    return (
        command.member_id, command.book.number, None, None, requested, 0, 0, 0, 0, command.kind, source.cause,
        source.counter_account, source.budget, source.rule, source.rule_version, source.order_ref, source.occurred_at,
        now, source.key, None, input_hash(command), (), (), None,
    )  # fmt: skip


def _numbers(caps: tuple[Cap, ...]) -> list[int]:
    return [number for cap in caps for number in (cap.counter, microseconds(cap.start), cap.limit)]


def _answer(row: Any) -> Answer:
    status, available, *posted = row
    return Answer(status, available, None if posted[0] is None else posting_of(posted))
