"""The catalogue that comes with the program: is it a grocer's?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from importlib import resources

import msgspec

from huixiang.catalogue import service
from huixiang.catalogue.model import BrandRow, CategoryRow, ChannelRow, Entity, PriceRow, SkuRow, StoreRow
from huixiang.platform.db import Database

CHINESE = re.compile(r"[\u4e00-\u9fff]")


def seed(entity: Entity) -> list[bytes]:
    return resources.files("huixiang.catalogue").joinpath("seed", f"{entity}.ndjson").read_bytes().splitlines()


GOODS = [msgspec.json.decode(line, type=SkuRow) for line in seed(Entity.SKUS)]
CATEGORIES = [msgspec.json.decode(line, type=CategoryRow) for line in seed(Entity.CATEGORIES)]
BRANDS = [msgspec.json.decode(line, type=BrandRow) for line in seed(Entity.BRANDS)]
STORES = [msgspec.json.decode(line, type=StoreRow) for line in seed(Entity.STORES)]
CHANNELS = [msgspec.json.decode(line, type=ChannelRow) for line in seed(Entity.CHANNELS)]
PRICES = [msgspec.json.decode(line, type=PriceRow) for line in seed(Entity.PRICES)]


async def test_all_of_it_loads_once(db: Database) -> None:
    for expected in ("created", "unchanged"):
        async with db.transaction() as tx:
            loaded = await service.load_seed(tx)
        assert {entity: {one.outcome for one in outcomes} for entity, outcomes in loaded.items()} == {
            entity: {expected} for entity in Entity
        }
        assert len(loaded[Entity.SKUS]) == len(GOODS)


async def test_every_fresh_good_is_found_below_fresh(db: Database) -> None:
    """The shipped earning rules double points on `fresh`."""
    async with db.transaction() as tx:
        await service.load_seed(tx)
        of = await service.categories_of(tx, [good.sku for good in GOODS])
    roots = Counter(path[-1] for path in of.values())
    assert sum(roots.values()) == len(GOODS)
    assert set(roots) == {"fresh", "grocery", "drinks", "snacks", "frozen", "household"}
    assert roots["fresh"] > 180


def test_it_is_about_as_large_as_a_small_shop() -> None:
    assert 230 <= len(GOODS) <= 280
    assert {good.unit for good in GOODS} == {"piece", "gram"}
    assert sum(good.unit == "gram" for good in GOODS) > 80
    assert (len(STORES), len({store.city for store in STORES})) == (6, 3)
    assert {channel.channel for channel in CHANNELS} == {"app", "mini_program", "h5", "till"}


def test_every_name_is_there_in_both_languages_and_once() -> None:
    named: list[Sequence[SkuRow | CategoryRow | BrandRow | StoreRow | ChannelRow]] = [
        GOODS,
        CATEGORIES,
        BRANDS,
        STORES,
        CHANNELS,
    ]
    for name in (row.name for rows in named for row in rows):
        assert CHINESE.search(name.zh), name
        assert not CHINESE.search(name.en), name
    for texts in ([good.name.zh for good in GOODS], [good.name.en for good in GOODS], [good.sku for good in GOODS]):
        assert [text for text, count in Counter(texts).items() if count > 1] == []


def test_prices_and_costs_are_believable() -> None:
    for good in GOODS:
        assert good.cost_fen is not None
        assert good.cost_fen < good.list_price_fen, good
        assert 40 <= 100 * good.cost_fen // good.list_price_fen <= 88, good
        assert 200 <= good.list_price_fen <= 15_000, good
        assert (good.estimated_g is not None) == (good.unit == "gram"), good
        assert good.shelf_life_days is not None
    by_sku = {good.sku: good for good in GOODS}
    for price in PRICES:
        assert 0.9 < price.price_fen / by_sku[price.sku].list_price_fen < 1.1, price


def test_what_goods_name_is_there() -> None:
    leaves = {row.category for row in CATEGORIES} - {row.parent for row in CATEGORIES}
    assert {good.category for good in GOODS} == leaves
    assert {good.brand for good in GOODS} - {None} == {brand.brand for brand in BRANDS}
    assert len({price.key for price in PRICES}) == len(PRICES) > 30
