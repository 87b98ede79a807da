"""docs/domain/movement.md says what happens to points that move."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.points.model.partner import SettlementLine
from huixiang.points.model.pool import PoolMember
from huixiang.points.rules.pool import shares
from huixiang.points.rules.settlement import read, write
from tests.documents.pages import page, sections, table
from tests.points.merging import merge, pending, post, taken
from tests.points.movement import balance, in_transit, members_with, relay, set_state
from tests.points.test_transfer import rule, send

pytestmark = pytest.mark.requirement("PTS-09")
SECTIONS = sections(page("movement"))


def fees(superuser: psycopg.Connection[Any]) -> int:
    row = superuser.execute(
        "SELECT coalesce(-sum(points), 0) FROM points.posting WHERE counter_account = 'fee'"
    ).fetchone()
    assert row is not None
    return int(row[0])


async def test_the_worked_example_of_transfers(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    ann, ben, cay = members = await members_with(db, clock, 200, 0, 0)
    await rule(db, fee_points=2, fee_bp=250)
    set_state(superuser, cay, "blocked")

    async def nothing() -> None:
        pass

    steps: dict[str, Callable[[], Awaitable[object]]] = {
        "before": nothing,
        "relay": lambda: relay(db),
        "Ann sends Ben 120": lambda: send(db, ann, ben, 120),
        "Ann sends Cay 40": lambda: send(db, ann, cay, 40),
    }
    rows = table(SECTIONS["Worked example: a fee of 2 points and 2.5 %"])
    assert len(rows) == 5
    for row in rows:
        await steps[row["step"]]()
        owned = [(await balance(db, member)).balance for member in members]
        stands = [*owned, in_transit(superuser), fees(superuser)]
        assert stands == [int(row[column]) for column in ("Ann", "Ben", "Cay", "on the way", "fees")]
        assert sum(stands) == 200


def test_the_worked_example_of_shares() -> None:
    rows = table(SECTIONS["Worked example: shares"])
    people = [
        PoolMember(
            person_id=UUID(int=number), state="joined", daily_points=None, monthly_points=None,
            contributed=int(row["put in"]), spent=int(row["took out"]),
        )
        for number, row in enumerate(rows)
    ]  # fmt: skip
    assert list(shares(100, people, UUID(int=0)).values()) == [int(row["share"]) for row in rows]


def test_the_settlement_file_is_one() -> None:
    found = re.search(r"```csv\n(.*?)```", SECTIONS["Settlement files"], re.DOTALL)
    assert found is not None
    file = found[1].encode()
    lines = read(file, "air", date(2026, 4, 17))
    assert lines == [SettlementLine("in", "=1+1", 100, 300), SettlementLine("out", "o1", 300, 240)]
    assert write("air", date(2026, 4, 17), lines) == file


async def test_the_worked_example_of_a_merge(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    old, new = await members_with(db, clock, 100, 0)
    merge_id = new_id()
    await post(db, pending(clock, old, 30, days=5), taken(clock, new, 50))

    async def nothing() -> None:
        pass

    steps: dict[str, Callable[[], Awaitable[object]]] = {
        "before": nothing,
        "`move_all`": lambda: merge(db, old, new, merge_id),
        "relay": lambda: relay(db),
    }
    rows = table(SECTIONS["Worked example: a merge"])
    assert len(rows) == 3
    for row in rows:
        await steps[row["step"]]()
        has = {who: await balance(db, member) for who, member in (("old", old), ("new", new))}
        for who, one in has.items():
            assert (int(row[who]), int(row[f"{who} pending"])) == (one.balance, one.pending)
        assert (int(row["new owes"]), int(row["on the way"])) == (has["new"].debt, in_transit(superuser))
