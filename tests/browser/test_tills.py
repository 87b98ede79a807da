"""Tills in the console: stores that post late stand first, and are told of."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, StorageState, expect

from huixiang.catalogue import service as catalogue
from huixiang.catalogue.model import StoreRow
from huixiang.checkout import service as checkout
from huixiang.checkout.model import NewLine, NewOrder
from huixiang.entry.background import SUBSCRIPTIONS
from huixiang.insight.jobs import watch_tills
from huixiang.kernel.text import Text
from huixiang.members.model import MemberRef
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from tests.browser.conftest import DESKTOP, PHONE, OpenPage, in_thread
from tests.browser.test_reading import overflow, violations
from tests.browser.world import WANG, World, opened

pytestmark = pytest.mark.requirement("CHK-07")

SOLD = {
    "s1": [1, 2, 5, 30, 90, 400, 700, 3_000, 4_000, 50_000, -60],
    "s2": [1] * 40 + [8] * 6 + [50] * 2 + [90],
    "s3": [1] * 12,
}
LOOKS = pytest.mark.parametrize(
    ("viewport", "locale", "scheme"),
    [(DESKTOP, "zh-CN", "light"), (PHONE, "en-US", "dark")],
    ids=["desk", "phone"],
)


@pytest.fixture(scope="module", autouse=True)
def sold(world: World) -> None:
    """Today's orders of three stores, of which the first is late; and the old ones of the world, which name none."""

    async def sell() -> None:
        async with opened(world.settings) as db:
            async with db.transaction() as tx:
                name = Text(zh="河坊街店", en="Hefang Street")
                await catalogue.upsert_stores(tx, [StoreRow(store="s1", name=name, city="hz", region="zj", version=1)])
            await _post(db, world)
            await Relay(db, [one for one in SUBSCRIPTIONS if one.name.startswith("insight.")]).drain()
            async with db.transaction() as tx:
                await watch_tills(tx)

    in_thread(sell())


async def _post(db: Database, world: World) -> None:
    async with db.transaction() as tx:
        orders = [
            NewOrder(
                source="pos",
                external_id=f"{store}-{number}",
                member=MemberRef(member_id=world.member_ids[WANG]),
                store_id=store,
                channel="store",
                programme="base",
                completed_at=tx.now - timedelta(seconds=delay_s),
                lines=[NewLine(line_id="1", sku="milk", payable_fen=100, pieces=1)],
            )
            for store, delays in SOLD.items()
            for number, delay_s in enumerate(delays)
        ]
        posted = await checkout.post_orders(tx, orders)
    assert [one.refusal for one in posted if one.refusal] == []


def rows(page: Page) -> list[str]:
    """Which stores stand in the list, in its order."""
    found = page.get_by_test_id("till-stores").locator("tbody tr td.store strong")
    expect(found.first).to_be_visible()
    return found.all_inner_texts()


@LOOKS
def test_the_worst_store_stands_first_and_is_told_of(
    open_page: OpenPage, maker: StorageState, viewport: dict[str, int], locale: str, scheme: str
) -> None:
    chinese = locale == "zh-CN"
    page = open_page("/console/tills", state=maker, viewport=viewport, locale=locale, scheme=scheme)
    nobody = "未注明门店" if chinese else "No store named"
    assert rows(page) == ["河坊街店" if chinese else "Hefang Street", "s2", "s3", nobody]
    worst = page.get_by_test_id("till-stores").locator("tbody tr").first
    expect(worst).to_contain_text("60.0%")
    expect(worst).to_contain_text("13 小时 53 分" if chinese else "13 h 53 min")
    expect(page.get_by_test_id("open-alarms")).to_contain_text("1")
    alarms = page.get_by_test_id("till-alarms")
    expect(alarms.locator("li")).to_have_count(1)
    expect(alarms).to_contain_text(
        "10 单中 6 单迟到（60.0%）" if chinese else "Of 10 orders of the last hours 6 came late (60.0%)"
    )
    assert violations(page) == []
    assert overflow(page) == 0
    page.get_by_test_id("till-span").get_by_text("最近 7 天" if chinese else "Last 7 days").click()
    expect(page.get_by_test_id("till-days").locator("tbody tr")).not_to_have_count(0)
    assert page.url.endswith("/console/tills?days=7")
    assert violations(page) == []
    assert overflow(page) == 0
    alarms.get_by_text("已结束" if chinese else "Ended").click()
    expect(alarms.get_by_test_id("nothing")).to_be_visible()


def test_what_cannot_be_read_is_said_and_asked_for_again(
    open_page: OpenPage, maker: StorageState, failures: list[str]
) -> None:
    page = open_page("/console/tills", state=maker)
    assert len(rows(page)) == 4
    page.route("**/tills/delays?*", lambda route: route.abort())
    page.get_by_test_id("till-span").get_by_text("最近 30 天").click()
    expect(page.get_by_test_id("till-stores").get_by_role("alert")).to_be_visible()
    page.unroute("**/tills/delays?*")
    page.get_by_test_id("till-stores").get_by_role("button").click()
    assert len(rows(page)) == 4
    failures.clear()
