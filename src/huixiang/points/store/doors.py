"""The doors for one command: SQL functions that decide, write and announce it in one call, in a transaction of its own
(db/migrations/sql/0012_points_doors.sql)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from huixiang.kernel.epoch import days, microseconds
from huixiang.platform.db import Database
from huixiang.points.model import Cap, Credit, Posting, Spend

COLUMNS = "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16"
EARN = f"SELECT points.earn({COLUMNS}, $17, $18, $19)"
SPEND = f"SELECT points.spend({COLUMNS}, $17)"


class Asked(msgspec.Struct, frozen=True):
    """What a door is told of a command besides the command: see the SQL.

    input_hash: of what was asked. frame, event: of the posting and its announcement, as far as they are known.
    """

    now: datetime
    input_hash: bytes
    frame: bytes
    event: str


class Answer(msgspec.Struct, frozen=True):
    """status: posted, short or general. available: after it is posted, or where it is short."""

    status: str
    available: int
    posting: Posting | None


async def earn(db: Database, credit: Credit, asked: Asked) -> Answer:
    """Post a credit whose caps count each something else."""
    last_day = credit.expires_on if credit.book.has_lots else None
    answer = await db.call(
        EARN, *_columns(credit, credit.points, asked), last_day, credit.matures_at, numbers_of(credit.caps)
    )
    status, available, seq, points, recorded_at, lot, _, head = answer
    if status != "posted":
        return Answer(status, available or 0, None)
    return Answer(status, available, earned(credit, asked.input_hash, seq, points, lot, recorded_at, head))


async def spend(db: Database, spend: Spend, asked: Asked) -> Answer:
    answer = await db.call(SPEND, *_columns(spend, -spend.points, asked), db.calendar.day(asked.now))
    status, available, seq, _, recorded_at, _, alloc, head = answer
    if status != "posted":
        return Answer(status, available or 0, None)
    return Answer(status, available, spent(spend, asked.input_hash, seq, alloc, recorded_at, head))


def earned(
    credit: Credit, asked: bytes, seq: int, points: int, lot: int | None, recorded_at: datetime, head: bytes
) -> Posting:
    """The posting of a credit that met no debt. lot: that was opened. asked: its input_hash."""
    opened: tuple[int, ...] = ()
    pending = 0
    if lot is not None:
        matures = -1
        if credit.matures_at is not None:
            matures, pending = microseconds(credit.matures_at), points
        opened = (lot, points, days(credit.expires_on), matures, 0)
    source = credit.source
    return Posting(
        credit.member_id, credit.book.number, seq, points, credit.points, 0, 0, pending, 0, credit.kind, source.cause,
        source.counter_account, source.budget, source.rule, source.rule_version, source.order_ref, source.occurred_at,
        recorded_at, source.key, None, asked, (), opened, head,
    )  # fmt: skip


def spent(spend: Spend, asked: bytes, seq: int, alloc: Sequence[int], recorded_at: datetime, head: bytes) -> Posting:
    """The posting of a spending. alloc: what was taken of lots. asked: its input_hash."""
    source = spend.source
    return Posting(
        spend.member_id, spend.book.number, seq, -spend.points, -spend.points, 0, 0, 0, 0, spend.kind, source.cause,
        source.counter_account, source.budget, source.rule, source.rule_version, source.order_ref, source.occurred_at,
        recorded_at, source.key, None, asked, tuple(alloc), (), head,
    )  # fmt: skip


def numbers_of(caps: Sequence[Cap]) -> list[int]:
    """Caps as the SQL has them: counter, start, limit laid flat, in ascending order of counters."""
    ordered = sorted(caps, key=lambda cap: cap.counter)
    return [number for cap in ordered for number in (cap.counter, microseconds(cap.start), cap.limit)]


def _columns(command: Credit | Spend, requested: int, asked: Asked) -> tuple[object, ...]:
    source = command.source
    return (
        command.member_id, command.book.number, requested, command.kind, source.cause, source.counter_account,
        source.budget, source.rule, source.rule_version, source.order_ref, source.occurred_at, asked.now, source.key,
        asked.input_hash, asked.frame, asked.event,
    )  # fmt: skip
