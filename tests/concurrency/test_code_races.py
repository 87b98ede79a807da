"""One code that many ask for at once, from two processes over 64 connections; and processes that are killed with codes
that they took."""

from __future__ import annotations

import asyncio
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

import pytest
import pytest_asyncio

from huixiang.coupons.service import redeeming
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from tests.concurrency.processes import ROOT
from tests.coupons.code_worker import redeem
from tests.coupons.ground import breaches
from tests.coupons.office import open_code_office
from tests.support.programme import load_programme, register_members

pytestmark = pytest.mark.requirement("CPN-02")
PEOPLE = 64


class Asking:
    """A running `tests.coupons.code_worker`."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self.process, self._tell, self._hear = process, process.stdin, process.stdout

    async def line(self) -> str:
        return (await asyncio.wait_for(self._hear.readline(), 60)).decode().strip()

    def go(self) -> None:
        self._tell.write(b"go\n")

    async def answers(self) -> Counter[str]:
        """Of each member and code, until all have said theirs."""
        said: Counter[str] = Counter()
        while (line := await self.line()) != "done":
            said[line.split()[2]] += 1
        return said


@asynccontextmanager
async def asking(
    url: str, clock: SettableClock, codes: Sequence[str], members: Sequence[UUID], *, hold: bool = False
) -> AsyncIterator[Asking]:
    """Killed in the end, whatever it is at."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.coupons.code_worker", url, clock.now().isoformat(), "hold" if hold else "issue",
        ",".join(codes), ",".join(map(str, members)),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    one = Asking(process)
    try:
        assert await one.line() == "ready"
        yield one
    finally:
        process.kill()
        await process.wait()


@pytest_asyncio.fixture
async def members(db: Database) -> list[UUID]:
    await load_programme(db)
    return await register_members(db, PEOPLE)


async def copies(db: Database) -> int:
    async with db.transaction(read_only=True) as tx:
        count: int = await tx.fetchval("SELECT count(*) FROM coupons.coupon")
    return count


async def test_of_all_who_ask_for_a_code_one_gets_it(
    db: Database, database_url: str, clock: SettableClock, members: list[UUID]
) -> None:
    async with open_code_office(db) as office:
        batch, codes = await office.codes(3)
        half = PEOPLE // 2
        async with (
            asking(database_url, clock, codes, members[:half]) as one,
            asking(database_url, clock, codes, members[half:]) as other,
        ):
            one.go()
            other.go()
            said = await one.answers() + await other.answers()
        assert said == {"issued": 3, "coupon_code_refused": 3 * (PEOPLE - 1)}
        report = await office.read(batch)
        assert (report["taken"], report["open"]) == (3, 0)
    assert await copies(db) == 3
    assert await breaches(db) == []


async def test_codes_of_a_process_that_was_killed_are_free_again(
    db: Database, database_url: str, clock: SettableClock, members: list[UUID]
) -> None:
    async with open_code_office(db) as office:
        batch, codes = await office.codes(6)
        async with asking(database_url, clock, codes, members[:6], hold=True) as doomed:
            doomed.go()
            assert (await doomed.answers())["taken"] == 6
        assert (await office.read(batch))["taken"] == 6
        assert await redeem(db, members[10], codes[0], hold=False) == "coupon_code_refused"
        clock.advance(redeeming.TAKEN_FOR)
        async with db.transaction() as tx:
            await redeeming.free_lapsed(tx)
        assert (await office.read(batch))["taken"] == 0
        for code, member in zip(codes, members[20:], strict=False):
            assert await redeem(db, member, code, hold=False) == "issued"
        assert (await office.read(batch))["taken"] == 6
    assert await copies(db) == 6
    assert await breaches(db) == []


async def test_a_process_is_killed_in_the_middle_and_no_code_is_had_twice(
    db: Database, database_url: str, clock: SettableClock, members: list[UUID]
) -> None:
    async with open_code_office(db) as office:
        batch, codes = await office.codes(40)
        async with asking(database_url, clock, codes, members[:1]) as doomed:
            doomed.go()
            seen = [(await doomed.line()).split()[2] for _ in range(10)]
        assert set(seen) == {"issued"}
        had = await copies(db)
        assert had < 40, "it was killed on its way"
        clock.advance(redeeming.TAKEN_FOR)
        async with db.transaction() as tx:
            await redeeming.free_lapsed(tx)
        assert (await office.read(batch))["taken"] == had, "each that was issued stands, and no other"
        for code, member in zip(codes, members[1:], strict=False):
            await redeem(db, member, code, hold=False)
        assert await copies(db) == 40
        assert (await office.read(batch))["taken"] == 40
    assert await breaches(db) == []
