"""Earnings and spendings of many members in one call (db/migrations/sql/0019_points_together.sql).

Columns travel as texts: of an array the driver looks at each element, at several times the cost of writing it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import accumulate
from typing import TypeAlias
from uuid import UUID

from huixiang.kernel.epoch import days, microseconds
from huixiang.platform.db import Database
from huixiang.points.model import Credit, InsufficientPoints, Posting, Spend
from huixiang.points.store.doors import Asked, earned, numbers_of, spent

BETWEEN = "\n"  # keys and events: no key may have it, and JSON writes it otherwise
POST = r"""
SELECT points.post_together(
    $1, $2, $3::text::uuid[], $4::text::smallint[], $5::text::integer[], $6::text::integer[],
    $7::text::bigint[], $8::text::bigint[], $9::text::uuid[], string_to_array($10, E'\n'), string_to_array($11, E'\n'),
    $12, $13::text::integer[], $14::text::integer[], $15, $16, $17, $18, $19, $20, $21, $22, $23, $24
)
"""

# The commands of one account in order, with what else the SQL is told of each.
Run: TypeAlias = Sequence[tuple[Credit | Spend, Asked]]


async def post(
    db: Database, runs: Sequence[Run], now: datetime, today: date
) -> list[Posting | InsufficientPoints | None]:
    """What became of each command, run after run. None where the general door has to decide: nothing was posted for it.

    Runs are of one member each, in order of members. Caps of a command count each something else.
    """
    asked = [one for run in runs for one in run]
    answers = await db.call(POST, now, today, *_accounts(runs), *_commands(asked))
    outcomes: list[Posting | InsufficientPoints | None] = [None] * len(asked)
    for place, available, seq, points, lot, recorded_at, alloc, head in answers:
        command, laid_out = asked[place - 1]
        if seq is None:
            outcomes[place - 1] = InsufficientPoints(points=command.points, available=available)
        elif isinstance(command, Credit):
            outcomes[place - 1] = earned(command, laid_out.input_hash, seq, points, lot, recorded_at or now, head)
        else:
            outcomes[place - 1] = spent(command, laid_out.input_hash, seq, alloc, recorded_at or now, head)
    return outcomes


def _accounts(runs: Sequence[Run]) -> tuple[str, ...]:
    """Members, books, the place of the last command of each, and how many are spendings."""
    firsts = [run[0][0] for run in runs]
    return (
        _ids(command.member_id for command in firsts),
        _numbers(command.book.number for command in firsts),
        _numbers(accumulate(len(run) for run in runs)),
        _numbers(sum(isinstance(command, Spend) for command, _ in run) for run in runs),
    )


def _commands(asked: Run) -> list[object]:
    commands = [command for command, _ in asked]
    sources = [command.source for command in commands]
    frames = [laid_out.frame for _, laid_out in asked]
    headings: dict[tuple[object, ...], int] = {}
    heading = [headings.setdefault(_heading(command), len(headings) + 1) for command in commands]
    return [
        _numbers(command.points if isinstance(command, Credit) else -command.points for command in commands),
        _numbers(microseconds(source.occurred_at) for source in sources),
        _ids(source.order_ref for source in sources),
        BETWEEN.join([source.key for source in sources]),
        BETWEEN.join([laid_out.event[1:-1] for _, laid_out in asked]),
        b"".join(frames),
        _numbers(accumulate(map(len, frames))),
        _numbers(heading),
        *_columns(headings),
    ]


def _heading(command: Credit | Spend) -> tuple[object, ...]:
    """What many commands have in common."""
    source = command.source
    common = (command.kind, source.cause, source.counter_account, source.budget, source.rule, source.rule_version)
    if isinstance(command, Credit):
        return (*common, command.expires_on if command.book.has_lots else None, command.matures_at, command.caps)
    return (*common, None, None, ())


def _columns(headings: Iterable[tuple[object, ...]]) -> list[object]:
    *texts, last_days, matures, caps = (list(column) for column in zip(*headings, strict=True))
    numbers = [numbers_of(each) for each in caps]
    return [
        *texts,
        [None if day is None else days(day) for day in last_days],
        [None if instant is None else microseconds(instant) for instant in matures],
        [number for each in numbers for number in each],
        list(accumulate(map(len, numbers))),
    ]


def _numbers(values: Iterable[int]) -> str:
    return f"{{{','.join(map(str, values))}}}"


def _ids(values: Iterable[UUID | None]) -> str:
    return f"{{{','.join(['NULL' if value is None else value.hex for value in values])}}}"
