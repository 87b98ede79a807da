"""Thousands claim a hundred copies over HTTP, over 64 connections to two API processes, one of which may be killed, as
may Valkey (CPN-04). How long a refusal takes is measured by `python -m bench claim_rush`."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from huixiang.coupons.handlers import SUBSCRIPTIONS
from huixiang.entry.background import HOLDERS
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.platform.embedded.valkey import EmbeddedValkey
from huixiang.platform.relay import Relay
from huixiang.stock import service as stock
from tests.concurrency.api_processes import Api, serving, token_for
from tests.concurrency.lean_client import GONE, Line, Reply, lines
from tests.coupons.ground import breaches, publish_template
from tests.support.programme import load_programme, register_members

pytestmark = pytest.mark.requirement("CPN-04")

CONNECTIONS = 64
PEOPLE = 1_500
GIVEN = 100
FEWER_PEOPLE = 400  # where something is killed
FORGOTTEN_S = 0.5  # a process says for 200 ms that nothing is left, though something was freed meanwhile
ISSUED = "issued"
LOST = "lost"  # the process died before it answered


class Said(msgspec.Struct):
    """What was said to each number: `issued`, LOST, or the code of the refusal; the copies by number."""

    to: dict[int, str] = {}
    copies: dict[int, str] = {}

    @property
    def counted(self) -> Counter[str]:
        return Counter(self.to.values())

    def note(self, number: int, answer: Reply | None) -> None:
        """Of two at once one may be turned away while the other has it; the copy is the same."""
        if answer is not None and answer.status == 201:
            copy = answer.body["coupon_id"]
            assert self.copies.setdefault(number, copy) == copy
        refused = LOST if answer is None else answer.body.get("code")
        self.to[number] = ISSUED if number in self.copies else str(refused)


class Rush:
    """People who claim copies over the processes."""

    def __init__(self, db: Database, people: Sequence[UUID], apis: Sequence[Api], held: Sequence[list[Line]]) -> None:
        self.db = db
        self.people = people
        self.apis = apis
        self._held = held

    async def claim(
        self, template: str, numbers: Sequence[int], said: Said, *, each: int = 1, at: int | None = None, key: str = ""
    ) -> Said:
        """Numbers go to the processes in turn, each fourth to both at once. each: so many numbers are of one member,
        and have keys of their own. at: by one process alone. key: tells apart what is claimed anew."""

        async def work(line: Line, mine: Iterator[int]) -> None:
            for number in mine:
                path = f"/api/v1/members/{self.people[number // each]}/coupons/claim"
                try:
                    said.note(number, await line.post(path, f"{template}{key}-{number}", {"template": template}))
                except GONE:
                    said.note(number, None)
                    return

        async with asyncio.TaskGroup() as group:
            for place, held in enumerate(self._held):
                if at is None:
                    mine = iter([one for one in numbers if one % 2 == place or one % 4 == 0])
                else:
                    mine = iter(numbers if place == at else ())
                for line in held:
                    group.create_task(work(line, mine))
        return said

    async def standing(self, template: str) -> tuple[int, int]:
        """How many copies there are, and how many members have one."""
        async with self.db.transaction(read_only=True) as tx:
            row = await tx.fetchrow(
                """
                SELECT count(*) AS copies, count(DISTINCT member_id) AS members FROM coupons.coupon WHERE template = $1
                """,
                template,
            )
        assert row is not None
        return row["copies"], row["members"]

    async def settled(self) -> list[Any]:
        """What follows from what was committed, done; what breaks a law then."""
        await Relay(self.db, SUBSCRIPTIONS).drain()
        return await breaches(self.db)


@asynccontextmanager
async def rushing(
    db: Database, database_url: str, home: Path, people: int, valkey: str | None = None
) -> AsyncIterator[Rush]:
    """Two processes, each with half of the connections."""
    await load_programme(db)
    token = await token_for(db, database_url, home)
    members = await register_members(db, people)
    async with AsyncExitStack() as stack:
        apis = await stack.enter_async_context(serving(database_url, home, token, 2, 1, valkey))
        held = [await stack.enter_async_context(lines(api.port, token, CONNECTIONS // 2)) for api in apis]
        yield Rush(db, members, apis, held)


async def until_issued(said: Said, count: int) -> None:
    async with asyncio.timeout(120):
        while said.counted[ISSUED] < count:  # noqa: ASYNC110 - others make it so
            await asyncio.sleep(0.001)


async def test_a_hundred_copies_go_to_a_hundred_people_also_when_valkey_dies(
    db: Database, database_url: str, home: Path, valkey: EmbeddedValkey
) -> None:
    async with rushing(db, database_url, home, PEOPLE, valkey.url) as rush:
        await publish_template(db, "rush", claim={}, total=GIVEN, per_member=1)
        said = await rush.claim("rush", range(PEOPLE), Said())
        assert said.counted == {ISSUED: GIVEN, "stock_exhausted": PEOPLE - GIVEN}
        assert await rush.standing("rush") == (GIVEN, GIVEN)

        # Many of one member's at once, at both processes.
        await publish_template(db, "greedy", claim={}, total=GIVEN, per_member=2)
        said = await rush.claim("greedy", range(CONNECTIONS), Said(), each=CONNECTIONS)
        # Of a command's two, one is told that the other was refused.
        assert said.counted.keys() <= {ISSUED, "coupon_limit_reached", "coupon_claim_lapsed"}
        assert said.counted[ISSUED] == 2
        assert await rush.standing("greedy") == (2, 1)

        await publish_template(db, "outage", claim={}, total=GIVEN, per_member=1)
        said = Said()
        claiming = asyncio.create_task(rush.claim("outage", range(FEWER_PEOPLE), said))
        await until_issued(said, 30)
        os.kill(valkey.pid, signal.SIGKILL)
        await claiming
        assert said.counted == {ISSUED: GIVEN, "stock_exhausted": FEWER_PEOPLE - GIVEN}
        assert await rush.standing("outage") == (GIVEN, GIVEN)
        assert await rush.settled() == []


async def test_what_a_killed_process_had_not_issued_is_had_by_others(
    db: Database, database_url: str, home: Path, clock: SettableClock
) -> None:
    async with rushing(db, database_url, home, FEWER_PEOPLE) as rush:
        await publish_template(db, "rush", claim={}, total=GIVEN, per_member=1)
        said = Said()
        claiming = asyncio.create_task(rush.claim("rush", range(80), said))
        await until_issued(said, 20)
        await rush.apis[0].kill()
        await claiming
        assert said.counted[LOST]
        async with db.transaction(read_only=True) as tx:
            last = await tx.fetchval("SELECT max(expires_at) FROM stock.ticket")
        clock.set(max(clock.now(), last) + timedelta(seconds=1))
        async with db.transaction() as tx:
            await stock.sweep(tx, HOLDERS)
        copies, _ = await rush.standing("rush")
        assert said.counted[ISSUED] <= copies <= GIVEN

        # Who had no answer asks again, and is told what was issued; what was not and had its ticket has lapsed.
        lost = [number for number, told in said.to.items() if told == LOST]
        await rush.claim("rush", lost, said, at=1)
        assert {said.to[number] for number in lost} <= {ISSUED, "coupon_claim_lapsed"}
        copies, members = await rush.standing("rush")
        assert said.counted[ISSUED] == copies == members
        await asyncio.sleep(FORGOTTEN_S)
        others = [number for number in range(FEWER_PEOPLE) if said.to.get(number) != ISSUED]
        anew = await rush.claim("rush", others, Said(), at=1, key="anew")
        assert anew.counted == {ISSUED: GIVEN - copies, "stock_exhausted": len(others) - (GIVEN - copies)}
        assert await rush.standing("rush") == (GIVEN, GIVEN)
        assert await rush.settled() == []
