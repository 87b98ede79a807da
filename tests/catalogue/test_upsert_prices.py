"""What rows of prices and costs do to the catalogue: periods, stores, and the changes that are noted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from huixiang.catalogue import service
from huixiang.catalogue.model import (
    Entity,
)
from huixiang.platform.db import Database
from tests.catalogue.rows import FRESH, NEW_YEAR, price, sku, store
from tests.catalogue.taking_in import take_in

pytestmark = [pytest.mark.requirement("INT-05"), pytest.mark.postgres15]


async def test_price_of_a_store_goes_before_every_stores_and_a_period_before_what_it_interrupts(db: Database) -> None:
    week = timedelta(days=7)
    await take_in(db, Entity.CATEGORIES, *FRESH)
    await take_in(db, Entity.STORES, store("HZ001"), store("HZ002"))
    await take_in(db, Entity.SKUS, sku("kale"), sku("chard"), sku("beef", unit="gram", list_price_fen=8_980))
    await take_in(
        db,
        Entity.PRICES,
        price("kale", 350),
        price("kale", 330, store="HZ001"),
        price("kale", 290, NEW_YEAR + week, store="HZ001", valid_to=NEW_YEAR + 2 * week),
        price("kale", 100, price_list="staff"),
    )

    async def kale(store_code: str | None, after: timedelta) -> int:
        async with db.transaction() as tx:
            found = await service.prices_of(tx, ["kale"], store_code, NEW_YEAR + after)
        return found["kale"].price_fen

    instant = timedelta(microseconds=1)
    assert await kale("HZ001", -instant) == 390
    assert await kale("HZ001", timedelta()) == 330
    assert await kale("HZ001", week) == 290
    assert await kale("HZ001", 2 * week) == 330
    assert await kale("HZ002", week) == 350
    assert await kale(None, week) == 350
    # Cut short: the newer version of the row ends before it would interrupt.
    await take_in(
        db,
        Entity.PRICES,
        price("kale", 290, NEW_YEAR + week, version=2, store="HZ001", valid_to=NEW_YEAR + week + instant),
    )
    assert await kale("HZ001", week + instant) == 330
    async with db.transaction() as tx:
        prices = await service.prices_of(tx, ["kale", "beef", "ghost"], "HZ001", NEW_YEAR, "staff")
        changes = await service.price_changes(tx, "kale")
    assert (prices["kale"].price_fen, prices["kale"].source) == (100, "staff")
    assert (prices["beef"].price_fen, prices["beef"].unit, prices["beef"].source) == (8_980, "gram", "list")
    assert "ghost" not in prices
    assert [(one.price_list, one.store, one.price_fen, one.version) for one in changes] == [
        ("list", "*", 390, 1),
        ("public", "*", 350, 1),
        ("public", "HZ001", 330, 1),
        ("public", "HZ001", 290, 1),
        ("staff", "*", 100, 1),
        ("public", "HZ001", 290, 2),
    ]


async def test_cost_changes_are_noted_and_nightly_uploads_are_not(db: Database) -> None:
    await take_in(db, Entity.CATEGORIES, *FRESH)
    for version, cost in ((1, 250), (2, 250), (3, 260), (4, 260)):
        await take_in(db, Entity.SKUS, sku("kale", version, cost_fen=cost))
    async with db.transaction() as tx:
        assert [change.version for change in await service.price_changes(tx, "kale")] == [1, 3]


async def test_changes_within_one_upload_are_noted_one_after_the_other(db: Database) -> None:
    await take_in(db, Entity.CATEGORIES, *FRESH)
    await take_in(db, Entity.SKUS, sku("kale", 1, list_price_fen=500))
    await take_in(db, Entity.PRICES, price("kale", 400))
    upload = [(2, 600), (3, 500), (4, 500)]
    await take_in(db, Entity.SKUS, *(sku("kale", version, list_price_fen=fen) for version, fen in upload))
    await take_in(db, Entity.PRICES, *(price("kale", fen - 100, version=version) for version, fen in upload))
    async with db.transaction() as tx:
        changes = await service.price_changes(tx, "kale")
    noted = [(change.price_list, change.version, change.price_fen) for change in changes]
    assert [one for one in noted if one[0] == "list"] == [("list", 1, 500), ("list", 2, 600), ("list", 3, 500)]
    assert [one for one in noted if one[0] == "public"] == [("public", 1, 400), ("public", 2, 500), ("public", 3, 400)]
