"""The import of the grocer's year, on a sample of its households and a real database."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import msgspec
import psycopg
import pytest

from huixiang.checkout.model import NewOrder
from huixiang.intake import service
from huixiang.intake.adapters.completejourney import CompleteJourney
from huixiang.intake.jobs import run_import
from huixiang.intake.model import MoreIsLoaded, Report, RowsRefused, RunState, SidesDiffer, Stage
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.points import service as points
from tests.intake.ground import Notes, recounted, sample, standings, tables
from tests.intake.recount import recount
from tests.support.programme import load_programme

SAMPLE = 40
FEW = 5
pytestmark = pytest.mark.demo_data


@pytest.fixture
async def ready(db: Database) -> Database:
    await load_programme(db)
    return db


async def import_sample(db: Database, owners: int, *, again: bool = False) -> Report:
    return await run_import(db, sample(owners), Notes(), owners=owners, again=again)


def rows(owner_url: str) -> dict[str, tuple[int, str | None]]:
    """Every table that an import writes to: how many rows, and a digest of them all."""
    tables = ("checkout.orders", "checkout.order_line", "checkout.order_tender", "points.posting", "points.account",
              "points.lot", "tiers.standing", "tiers.change", "members.member", "members.identity", "catalogue.sku",
              "catalogue.category", "catalogue.store", "platform.directory", "platform.outbox")  # fmt: skip
    with psycopg.connect(owner_url) as connection:
        return {
            table: connection.execute(
                f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} AS t"  # noqa: S608
            ).fetchone() or (0, None)
            for table in tables
        }  # fmt: skip


@pytest.mark.requirement("MEM-12")
@pytest.mark.requirement("PTS-19")
async def test_every_household_stands_where_a_recount_of_the_raw_rows_puts_it(ready: Database) -> None:
    year = recount(SAMPLE)
    report = await import_sample(ready, SAMPLE)
    assert report.differences == []
    assert await standings(ready, list(year.households)) == recounted(year)
    loaded = report.loaded
    households = year.households.values()
    assert loaded.members == len(year.households)
    assert loaded.orders == sum(one.orders for one in households) == year.baskets - year.empty
    assert loaded.lines == sum(one.lines for one in households)
    assert loaded.payable_fen == sum(one.payable for one in households)
    assert (loaded.tenders, loaded.tender_fen) == (
        sum(one.tenders for one in households),
        sum(one.tender_fen for one in households),
    )
    assert len({tier for *_, tier in recounted(year).values()}) >= 3
    async with ready.snapshot() as tx:
        assert (await points.verify(tx)).differences == 0


@pytest.mark.requirement("MEM-12")
async def test_a_second_run_changes_nothing_whatever_the_day(
    ready: Database, clock: SettableClock, owner_url: str
) -> None:
    first = await import_sample(ready, FEW)
    before = rows(owner_url)
    clock.advance(timedelta(weeks=3))
    assert await import_sample(ready, FEW) == first
    assert await import_sample(ready, FEW, again=True) == first
    assert rows(owner_url) == before


async def test_orders_lie_in_the_year_up_to_last_sunday_on_the_source_s_wall_clock(ready: Database) -> None:
    source = sample(FEW)
    await run_import(ready, source, Notes(), owners=FEW)
    orders = source.orders(range(FEW))
    local = [ready.calendar.local(order.completed_at) for order in orders]
    today = ready.calendar.day(ready.clock.now())
    sunday = today - timedelta(days=today.isoweekday())
    assert max(moment.date() for moment in local) <= sunday
    shift = sunday - date(2017, 12, 31)
    assert shift % timedelta(weeks=1) == timedelta(0)
    shown = [moment.replace(tzinfo=None) - shift for moment in local]
    assert shown == [moment for one in recount(FEW).households.values() for moment in one.locals]


class Breaking(CompleteJourney):
    """A source that fails at the n-th time orders are asked for."""

    def __init__(self, owners: int, good: int) -> None:
        super().__init__(*tables(owners))
        self._good = good

    def orders(self, owners: range) -> Sequence[NewOrder]:
        if not self._good:
            raise ConnectionResetError("the source is gone")
        self._good -= 1
        return super().orders(owners)


async def small_chunks(db: Database, source: CompleteJourney, owners: int) -> None:
    """A run whose chunks are small, so that it has some."""
    async with db.transaction() as tx:
        await service.open_run(tx, source.name, source.last_day, owners, again=False, chunk_orders=100)


async def test_a_run_that_broke_off_goes_on_at_its_first_missing_chunk(ready: Database) -> None:
    source = Breaking(SAMPLE, good=4)
    await small_chunks(ready, source, SAMPLE)
    with pytest.raises(ConnectionResetError):
        await run_import(ready, source, Notes(), owners=SAMPLE)
    async with ready.transaction() as tx:
        progress = await service.progress(tx)
    assert progress is not None
    assert (progress.state, progress.stage) == (RunState.RUNNING, Stage.ORDERS)
    assert 0 < progress.done < progress.total
    notes = Notes()
    report = await run_import(ready, sample(SAMPLE), notes, owners=SAMPLE)
    assert report.differences == []
    assert notes.stages[-1] == (Stage.ORDERS, progress.done, progress.total)
    assert notes.loaded == {Stage.ORDERS: progress.total - progress.done}


async def test_two_imports_at_once_share_the_work_and_post_nothing_twice(ready: Database) -> None:
    year = recount(SAMPLE)
    await small_chunks(ready, sample(SAMPLE), SAMPLE)
    first, second = await asyncio.gather(import_sample(ready, SAMPLE), import_sample(ready, SAMPLE))
    assert first.differences == second.differences == []
    assert await standings(ready, list(year.households)) == recounted(year)


async def test_more_households_are_added_to_those_that_are_there(ready: Database) -> None:
    few = await import_sample(ready, FEW)
    more = await import_sample(ready, FEW * 2)
    assert more.differences == []
    assert (few.loaded.members, more.loaded.members) == (FEW, FEW * 2)


async def test_fewer_households_than_are_there_are_not_asked_for(ready: Database) -> None:
    await import_sample(ready, FEW)
    with pytest.raises(MoreIsLoaded):
        await import_sample(ready, FEW - 1)
    assert (await import_sample(ready, FEW)).differences == []


async def test_a_broken_run_gives_way_to_one_of_more_households_only(ready: Database) -> None:
    source = Breaking(FEW * 3, good=2)
    await small_chunks(ready, source, FEW * 3)
    with pytest.raises(ConnectionResetError):
        await run_import(ready, source, Notes(), owners=FEW * 3)
    with pytest.raises(MoreIsLoaded):
        await import_sample(ready, FEW)
    assert (await import_sample(ready, SAMPLE)).differences == []


@pytest.mark.requirement("MEM-12")
@pytest.mark.parametrize(
    ("damage", "figure"),
    [
        ("UPDATE checkout.order_line SET payable_fen = payable_fen + 1 WHERE {first}", "payable_fen"),
        ("DELETE FROM checkout.order_line WHERE {first}", "lines"),
        ("UPDATE checkout.orders SET cash_fen = cash_fen + 1 WHERE {first}", "cash_fen"),
        ("DELETE FROM checkout.order_tender WHERE {first}", "tenders"),
        ("UPDATE points.posting SET points = points + 1 WHERE book = 1 AND {first}", "points"),
        ("UPDATE points.posting SET points = points - 1 WHERE book = 2 AND {first}", "growth"),
        ("DELETE FROM catalogue.sku WHERE {first}", "skus"),
    ],
)
async def test_a_planted_difference_is_named(ready: Database, owner_url: str, damage: str, figure: str) -> None:
    await import_sample(ready, FEW)
    table = damage.split()[1] if damage.startswith("UPDATE") else damage.split()[2]
    where = damage.partition("WHERE ")[2].replace("{first}", "true")
    with psycopg.connect(owner_url) as connection:
        sql = damage.replace("{first}", f"ctid = (SELECT min(ctid) FROM {table} WHERE {where})")  # noqa: S608
        assert connection.execute(sql.encode()).rowcount == 1
    report = await import_sample(ready, FEW)
    assert figure in [difference.figure for difference in report.differences]
    with pytest.raises(SidesDiffer, match=figure):
        service.require_equal(report)


class Untimely(CompleteJourney):
    """A source one of whose orders lies in the future."""

    def orders(self, owners: range) -> Sequence[NewOrder]:
        rows = list(super().orders(owners))
        rows[7] = msgspec.structs.replace(rows[7], completed_at=rows[7].completed_at + timedelta(days=1000))
        return rows


async def test_a_refused_row_fails_the_run_and_loads_nothing_of_its_chunk(ready: Database) -> None:
    with pytest.raises(RowsRefused) as refusal:
        await run_import(ready, Untimely(*tables(FEW)), Notes(), owners=FEW)
    assert (refusal.value.fields["stage"], refusal.value.fields["count"]) == ("orders", 1)
    async with ready.transaction() as tx:
        progress = await service.progress(tx)
    assert progress is not None
    assert (progress.state, progress.done) == (RunState.FAILED, 0)
    # What was wrong is put right: the same run goes on.
    assert (await import_sample(ready, FEW)).differences == []
    async with ready.transaction() as tx:
        progress = await service.progress(tx)
    assert progress is not None
    assert (progress.state, progress.done, progress.total) == (RunState.DONE, 1, 1)
    assert isinstance(progress.finished_at, datetime)


async def test_without_an_import_there_is_no_progress(db: Database) -> None:
    async with db.transaction() as tx:
        assert await service.progress(tx) is None
