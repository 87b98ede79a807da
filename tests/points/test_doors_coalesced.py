"""Commands of many callers in one transaction: each has its own outcome, whatever becomes of the others."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import msgspec
import psycopg
import pytest

from huixiang.kernel.errors import DomainError
from huixiang.platform.db import Database
from huixiang.platform.failures import DatabaseUnavailable, Overloaded
from huixiang.points.model import POINTS, Credit, InsufficientPoints, Outcome, Source, Spend
from huixiang.points.service import coalesce
from huixiang.points.service.post import lock_accounts
from tests.support.fixtures import NOW

pytestmark = [pytest.mark.requirement("PTS-14"), pytest.mark.postgres15]

MEMBERS = [UUID(int=(0x0190_0000_0000_7000_8000 << 48) | n) for n in range(3)]
# Ends the connection that waits for a lock.
WAITING = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock' AND usename = 'huixiang_app'
"""


def earning(number: int, **changes: Any) -> Credit:
    source = Source(key=f"k{number}", cause="consumption", counter_account="issued", occurred_at=NOW)
    credit = Credit(member_id=MEMBERS[number % 3], book=POINTS, points=10, source=source)
    return msgspec.structs.replace(credit, **changes)


def spending(number: int, points: int) -> Spend:
    source = Source(key=f"s{number}", cause="redemption", counter_account="redeemed", occurred_at=NOW)
    return Spend(member_id=MEMBERS[number % 3], book=POINTS, points=points, source=source)


async def test_a_key_twice_in_one_batch_replays(db: Database) -> None:
    async with coalesce.Coalescer(db) as coalescer:
        first, second = await asyncio.gather(coalescer.post(earning(1)), coalescer.post(earning(1)))
    assert first.posting == second.posting
    assert [first.replayed, second.replayed] == [False, True]


async def test_a_refused_command_disturbs_no_other(db: Database) -> None:
    async with coalesce.Coalescer(db, connections=1) as coalescer:
        answers = await asyncio.gather(
            coalescer.post(earning(1)), coalescer.post(spending(4, 11)), coalescer.post(spending(7, 10)),
            return_exceptions=True,
        )  # fmt: skip
    assert [type(answer) for answer in answers] == [Outcome, InsufficientPoints, Outcome]


async def test_a_command_that_cannot_be_stored_fails_alone(db: Database) -> None:
    async with coalesce.Coalescer(db, connections=1) as coalescer:
        answers = await asyncio.gather(
            coalescer.post(earning(1)), coalescer.post(earning(4, points=2**63)), coalescer.post(earning(7)),
            return_exceptions=True,
        )  # fmt: skip
    assert [isinstance(answer, Outcome) for answer in answers] == [True, False, True]
    assert not isinstance(answers[1], DomainError)


async def test_too_many_waiting_are_turned_away_and_the_others_posted(db: Database) -> None:
    async with coalesce.Coalescer(db, connections=1, waiting=5) as coalescer:
        callers = [asyncio.ensure_future(coalescer.post(earning(number))) for number in range(8)]
        await asyncio.sleep(0)
    # Left: what waited was posted, and nothing is taken any more.
    answers = await asyncio.gather(*callers, return_exceptions=True)
    assert [isinstance(answer, Outcome) for answer in answers] == [True] * 5 + [False] * 3
    assert {type(answer) for answer in answers[5:]} == {Overloaded}
    with pytest.raises(Overloaded):
        await coalescer.post(earning(9))


async def test_a_lost_connection_fails_its_batch_and_a_retry_posts_once(
    db: Database, superuser: psycopg.Connection[Any]
) -> None:
    async with coalesce.Coalescer(db, connections=1) as coalescer:
        async with db.transaction() as tx:  # holds the account, so that the batch waits at the database
            await lock_accounts(tx, [MEMBERS[1]], [POINTS])
            callers = [asyncio.ensure_future(coalescer.post(earning(number))) for number in (1, 4)]
            while not superuser.execute(WAITING).fetchall():  # noqa: ASYNC110 - nobody sets an event for it
                await asyncio.sleep(0.01)
        answers = await asyncio.gather(*callers, return_exceptions=True)
        assert {type(answer) for answer in answers} == {DatabaseUnavailable}
        again = [await coalescer.post(earning(number)) for number in (1, 4)]
    assert [outcome.replayed for outcome in again] == [False, False]
