"""One history through every door leaves the same rows, to the byte (docs/decisions/0012)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
import psycopg
import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.errors import DomainError
from huixiang.platform.db import Database
from huixiang.points.model import (
    GROWTH,
    NEVER,
    POINTS,
    Cap,
    Capture,
    ClawBack,
    Command,
    Credit,
    EarnBatch,
    EarnEvent,
    Hold,
    InsufficientPoints,
    Outcome,
    Release,
    Return,
    Settle,
    Source,
    Spend,
)
from huixiang.points.service import balance, coalesce, earn_bulk, pauses, single
from huixiang.points.service.post import try_post
from huixiang.points.store import doors
from tests.support import pristine
from tests.support.fixtures import NOW, TestDatabase

pytestmark = [pytest.mark.requirement("PTS-14"), pytest.mark.postgres15]

MEMBERS = [UUID(int=(0x0190_0000_0000_7000_8000 << 48) | n) for n in range(3)]
SHANGHAI = ZoneInfo("Asia/Shanghai")
ODD_CAUSE = 'sign "in"\\\n\t\x1f\x7f/ 签到 100% %s "seq":0,"points":0,'  # which JSON writes with escapes
TABLES = {
    "points.account": "member_id, book",
    "points.posting": "member_id, book, seq",
    "points.lot": "member_id, book, expires_on, lot_no",
    "points.hold": "member_id, book, hold_id",
}
EVENTS = msgspec.json.Decoder(list[msgspec.Raw])
EMPTY = "; ".join(f"DELETE FROM {table}" for table in (*TABLES, "platform.outbox", "platform.outbox_head"))  # noqa: S608 - ours

Answer = Outcome | DomainError
# Posts the commands of one instant, in order per member.
Door = Callable[[Database, Sequence[Command]], Awaitable[list[Answer]]]


class Asked(msgspec.Struct, frozen=True):
    """A command in the making: what it is about is settled when it is known what was asked before."""

    kind: str
    member: int
    points: int
    about: int
    variant: int


class Teller:
    """Makes commands of what is asked. A retry repeats one made before; a conflict uses its key for something else."""

    def __init__(self) -> None:
        self.made: list[Command] = []

    def command(self, asked: Asked, now: Any) -> Command:
        if asked.kind in {"retry", "conflict"} and self.made:
            before = self.made[asked.about % len(self.made)]
            if asked.kind == "retry" or not isinstance(before, Credit | Spend):
                return before
            return msgspec.structs.replace(before, points=before.points + 1)
        made = self._new(asked, now)
        self.made.append(made)
        return made

    def _new(self, asked: Asked, now: Any) -> Command:
        member = MEMBERS[asked.member]
        number = len(self.made)
        source = Source(
            key=f"ключ{number}", cause=["consumption", ODD_CAUSE][asked.variant % 2], counter_account="issued",
            occurred_at=(now - timedelta(hours=asked.variant % 3, microseconds=[0, 1, 880_000][asked.variant % 3]))
            .astimezone([UTC, SHANGHAI][asked.variant // 3 % 2]),
            order_ref=[None, UUID(int=number)][asked.variant % 2], rule=[None, "earning.default"][asked.variant % 2],
            rule_version=[None, 2][asked.variant % 2], budget=[None, "spring"][asked.variant // 2 % 2],
        )  # fmt: skip
        account: dict[str, Any] = {"member_id": member, "book": POINTS, "source": source}
        match asked.kind:
            case "spend":
                return Spend(points=asked.points, **account)
            case "hold":
                expires_at = [None, now + timedelta(hours=20)][asked.variant % 2]
                return Hold(hold_id=UUID(int=1000 + number), points=asked.points, expires_at=expires_at, **account)
            case "capture" | "release" if holds := self._made_by(member, Hold):
                hold_id = holds[asked.about % len(holds)].hold_id
                if asked.kind == "capture":
                    return Capture(hold_id=hold_id, points=asked.points // 2, **account)
                return Release(hold_id=hold_id, **account)
            case "return" if spends := self._made_by(member, Spend):
                origin = spends[asked.about % len(spends)].source.key
                return Return(points=asked.points // 2, origin_key=origin, **account)
            case "claw_back":
                earns = self._made_by(member, Credit)
                origin = earns[asked.about % len(earns)].source.key if earns and asked.variant % 3 else None
                return ClawBack(points=asked.points, origin_key=origin, **account)
            case _:
                return self._credit(asked, now, account)

    def _made_by(self, member: UUID, kind: type[Any]) -> list[Any]:
        return [made for made in self.made if made.member_id == member and isinstance(made, kind)]

    def _credit(self, asked: Asked, now: Any, account: dict[str, Any]) -> Credit:
        day = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=asked.variant // 6)
        daily = Cap(5, day, day + timedelta(days=1), 300)
        monthly = Cap(-7, day.replace(day=1), day.replace(day=1) + timedelta(days=31), 900, ("consumption",))
        today = now.date()
        return Credit(
            points=asked.points,
            expires_on=[NEVER, today + timedelta(days=1), today + timedelta(days=40)][asked.variant % 3],
            matures_at=[None, None, now + timedelta(hours=30)][asked.about % 3],
            caps=[(), (daily,), (monthly, daily)][asked.about // 3 % 3],
            **account | {"book": GROWTH if asked.variant == 7 else POINTS},
        )


async def general_door(db: Database, commands: Sequence[Command]) -> list[Answer]:
    """Each command in a transaction of its own."""
    answers: list[Answer] = []
    for command in commands:
        async with db.transaction() as tx:
            answers += await try_post(tx, [command])
    return answers


async def batch_door(db: Database, commands: Sequence[Command]) -> list[Answer]:
    """All of them in one transaction."""
    async with db.transaction() as tx:
        return list(await try_post(tx, commands))


async def single_door(db: Database, commands: Sequence[Command]) -> list[Answer]:
    answers: list[Answer] = []
    for command in commands:
        async with db.transaction() as tx:
            await pauses.open_pauses(tx)  # which else sends the first command of each second through the general door
        try:
            match command:
                case Credit():
                    answers.append(await single.earn(db, command))
                case Spend():
                    answers.append(await single.spend(db, command))
                case _:
                    answers += await general_door(db, [command])
        except DomainError as refusal:
            answers.append(refusal)
    return answers


async def coalesced_door(db: Database, commands: Sequence[Command]) -> list[Answer]:
    """All of them at once, each from a caller of its own."""
    async with coalesce.Coalescer(db, connections=2, at_once=3) as coalescer:
        answers = await asyncio.gather(*(coalescer.post(command) for command in commands), return_exceptions=True)
    assert all(isinstance(answer, Answer) for answer in answers), answers
    return answers  # type: ignore[return-value]


async def bulk_door(db: Database, commands: Sequence[Command]) -> list[Answer]:
    """Credits without caps, each as a batch. It answers less than the other doors."""
    for command in commands:
        left: Sequence[Command] = [command]
        if isinstance(command, Credit) and not command.caps:
            source = command.source
            batch = EarnBatch(
                book=command.book, cause=source.cause, counter_account=source.counter_account, budget=source.budget,
                rule=source.rule, rule_version=source.rule_version,
            )  # fmt: skip
            event = EarnEvent(
                member_id=command.member_id, key=source.key, points=command.points, occurred_at=source.occurred_at,
                order_ref=source.order_ref, expires_on=command.expires_on, matures_at=command.matures_at,
            )  # fmt: skip
            async with db.transaction() as tx:
                left = [credit for _, credit in (await earn_bulk(tx, batch, [event])).left]
        await general_door(db, left)
    return []


@pytest_asyncio.fixture(scope="module")
async def quick_db(worker_database: TestDatabase, superuser: psycopg.Connection[Any]) -> AsyncIterator[Database]:
    pristine.restore(superuser)
    clock = SettableClock(NOW)
    db = await Database.open(
        worker_database.url("huixiang_app"), calendar=BusinessCalendar("Asia/Shanghai"), clock=clock
    )
    yield db
    await db.close()
    pristine.restore(superuser)


async def rows(db: Database) -> dict[str, list[Any]]:
    """Every row, and the text of each member's events in order, in whatever rows they were stored."""
    async with db.transaction() as tx:
        found: dict[str, list[Any]] = {
            table: [tuple(row) for row in await tx.fetch(f"SELECT * FROM {table} ORDER BY {order}")]  # noqa: S608 - ours
            for table, order in TABLES.items()
        }
        outbox = await tx.fetch("SELECT member_id, recorded_at, events FROM platform.outbox ORDER BY member_id, seq")
    found["outbox"] = [(row[0], row[1], bytes(event)) for row in outbox for event in EVENTS.decode(row[2])]
    return found


History = list[tuple[int, list[Asked]]]


async def live(db: Database, history: History, door: Door, superuser: psycopg.Connection[Any]) -> tuple[Any, Any]:
    """What every command was answered, and the rows that are left."""
    superuser.execute(EMPTY)
    clock = db.clock
    assert isinstance(clock, SettableClock)
    clock.set(NOW)
    teller = Teller()
    answers = []
    for minutes, asked in history:
        clock.advance(timedelta(minutes=minutes))
        commands = [teller.command(one, clock.now()) for one in asked]
        answers.append([told(answer) for answer in await door(db, commands)])
    return answers, await rows(db)


def told(answer: Answer) -> Any:
    if isinstance(answer, DomainError):
        return (answer.code, answer.fields)
    return (answer.posting, answer.replayed, answer.settled)


KINDS = ["earn", "earn", "earn", "spend", "spend", "hold", "capture", "release", "return", "claw_back", "retry",
         "conflict"]  # fmt: skip
asked = st.builds(
    Asked, kind=st.sampled_from(KINDS), member=st.integers(0, 2), points=st.sampled_from([0, 1, 10, 60, 100, 250]),
    about=st.integers(0, 17), variant=st.integers(0, 11),
)  # fmt: skip
histories = st.lists(
    st.tuples(st.sampled_from([0, 1, 60, 1500, 3000]), st.lists(asked, min_size=1, max_size=6)), min_size=3, max_size=14
)


@pytest.mark.parametrize("door", [single_door, coalesced_door, batch_door, bulk_door])
@settings(max_examples=25)
@given(history=histories)
async def test_every_door_leaves_the_rows_of_the_general_door(
    history: History, door: Door, quick_db: Database, superuser: psycopg.Connection[Any]
) -> None:
    expected_answers, expected = await live(quick_db, history, general_door, superuser)
    answers, found = await live(quick_db, history, door, superuser)
    assert answers == expected_answers or door is bulk_door
    for table, kept in expected.items():
        assert found[table] == kept, table


@settings(max_examples=15)
@given(history=histories, hours=st.sampled_from([0, 1, 25, 50, 1000]))
async def test_a_balance_is_what_it_is_after_what_is_due_was_done(
    history: History, hours: int, quick_db: Database, superuser: psycopg.Connection[Any]
) -> None:
    await live(quick_db, history, general_door, superuser)
    assert isinstance(quick_db.clock, SettableClock)
    quick_db.clock.advance(timedelta(hours=hours))
    async with quick_db.transaction(read_only=True) as tx:
        before = [await balance(tx, member, POINTS) for member in MEMBERS]
    await general_door(quick_db, [Settle(member_id=member, book=POINTS) for member in MEMBERS])
    async with quick_db.transaction(read_only=True) as tx:
        assert before == [await balance(tx, member, POINTS) for member in MEMBERS]


def earning(number: int, **changes: Any) -> Credit:
    source = Source(key=f"k{number}", cause="consumption", counter_account="issued", occurred_at=NOW)
    credit = Credit(member_id=MEMBERS[number % 3], book=POINTS, points=10, source=source)
    return msgspec.structs.replace(credit, **changes)


def spending(number: int, points: int) -> Spend:
    source = Source(key=f"s{number}", cause="redemption", counter_account="redeemed", occurred_at=NOW)
    return Spend(member_id=MEMBERS[number % 3], book=POINTS, points=points, source=source)


async def test_what_is_common_takes_one_call(db: Database) -> None:
    def asked(command: Credit | Spend) -> doors.Asked:
        return single.lay_out(command, NOW, db.calendar)

    day = NOW.replace(hour=0)
    capped = earning(1, caps=(Cap(5, day, day + timedelta(days=1), 35), Cap(9, day, day + timedelta(days=30), 500)))
    await general_door(db, [capped])
    again = [msgspec.structs.replace(capped, source=earning(number).source) for number in (4, 7, 10)]
    answers = [await doors.earn(db, credit, asked(credit)) for credit in again]
    assert [(answer.status, answer.available) for answer in answers] == [("posted", 20), ("posted", 30), ("posted", 35)]
    spent = await doors.spend(db, spending(1, 30), asked(spending(1, 30)))
    assert (spent.status, spent.available) == ("posted", 5)
    assert spent.posting
    assert spent.posting.alloc == (1, -10, 0, 2, -10, 0, 3, -10, 0)
    assert await doors.spend(db, spending(4, 6), asked(spending(4, 6))) == doors.Answer("short", 5, None)
    assert (await doors.earn(db, again[0], asked(again[0]))).status == "general"  # a replay


async def test_many_at_once_on_one_account_wait_for_each_other(db: Database) -> None:
    await single.earn(db, earning(0, points=100))
    async with db.transaction() as tx:
        await pauses.open_pauses(tx)
    callers = [single.spend(db, spending(3 * number, 10)) for number in range(30)]
    answers = await asyncio.gather(*callers, return_exceptions=True)
    assert sum(isinstance(answer, Outcome) for answer in answers) == 10
    assert sum(isinstance(answer, InsufficientPoints) for answer in answers) == 20
