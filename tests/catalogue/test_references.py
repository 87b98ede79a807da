"""What was really charged in the days before: the lowest public price in force, as the catalogue had it (PRC-16)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from huixiang.catalogue import service
from huixiang.catalogue.model import Entity
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from tests.catalogue.rows import FRESH, price, sku, store
from tests.catalogue.taking_in import take_in

pytestmark = [pytest.mark.requirement("PRC-16"), pytest.mark.postgres15]
DAY = timedelta(days=1)


async def lowest(db: Database, today: datetime, days: int = 7, store: str | None = "S001") -> int | None:
    async with db.transaction() as tx:
        found = await service.lowest_prices(tx, ["spinach"], store, today - days * DAY, today)
    return found.get("spinach")


async def stock(db: Database) -> None:
    await take_in(db, Entity.CATEGORIES, *FRESH)
    await take_in(db, Entity.STORES, store("S001"), store("S002"))
    await take_in(db, Entity.SKUS, sku("spinach", list_price_fen=500))


async def test_a_price_that_never_changed_is_the_reference(db: Database, clock: SettableClock) -> None:
    await stock(db)
    first = clock.now()
    assert await lowest(db, first) is None  # it was not there before
    assert await lowest(db, first + DAY) == 500
    assert await lowest(db, first + 100 * DAY) == 500  # the last one charged


async def test_the_lowest_of_the_days_before_counts_and_no_longer_than_they(db: Database, clock: SettableClock) -> None:
    await stock(db)
    first = clock.now()
    for days, fen in ((2, 300), (3, 600)):  # 3.00 for a day, then 6.00
        clock.set(first + days * DAY)
        await take_in(db, Entity.SKUS, sku("spinach", list_price_fen=fen, version=days))
    found = [await lowest(db, first + days * DAY) for days in (2, 3, 9, 10)]
    assert found == [500, 300, 300, 600]


async def test_a_special_price_counts_in_its_store_while_it_lasted(db: Database, clock: SettableClock) -> None:
    await stock(db)
    first = clock.now()
    special = price("spinach", 350, store="S001", valid_from=first + DAY, valid_to=first + 2 * DAY)
    everywhere = price("spinach", 450, valid_from=first)
    await take_in(db, Entity.PRICES, special, everywhere)
    assert [await lowest(db, first + 2 * DAY, store=where) for where in ("S001", "S002", None)] == [350, 450, 450]
    assert await lowest(db, first + DAY) == 450  # before it began
    assert await lowest(db, first + 9 * DAY, days=7) == 450  # the seven days after it ended


async def test_what_is_said_later_of_a_day_before_does_not_count(db: Database, clock: SettableClock) -> None:
    await stock(db)
    first = clock.now()
    clock.set(first + 3 * DAY)
    await take_in(db, Entity.PRICES, price("spinach", 1, valid_from=first, valid_to=first + 4 * DAY))
    assert await lowest(db, first + 3 * DAY) == 500  # nobody paid a fen on the days before
    assert await lowest(db, first + 4 * DAY) == 1
