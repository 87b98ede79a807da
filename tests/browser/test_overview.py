"""The overview: the figures of the business, and how far an import has come."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import pytest
from playwright.sync_api import StorageState, expect

from huixiang.intake import service as intake
from huixiang.intake.model import ImportRun, Stage
from huixiang.platform.db import Transaction
from tests.browser.conftest import PHONE, OpenPage, in_thread
from tests.browser.world import CROWD, World, opened

T = TypeVar("T")


def change(world: World, work: Callable[[Transaction], Awaitable[T]]) -> T:
    """Change the installation's data while a page is open."""

    async def run() -> T:
        async with opened(world.settings) as db, db.transaction() as tx:
            return await work(tx)

    return in_thread(run())


@pytest.mark.requirement("CON-06")
def test_the_figures_are_those_of_the_ledger(open_page: OpenPage, maker: StorageState, world: World) -> None:
    page = open_page("/console/", state=maker)
    yuan = f"¥{world.sales_fen // 100:,}.{world.sales_fen % 100:02d}"
    expect(page.get_by_test_id("sales")).to_have_text(yuan)
    expect(page.get_by_test_id("members")).to_have_text(str(CROWD + len(world.member_ids)))
    expect(page.get_by_test_id("orders")).to_have_text(str(world.orders))
    expect(page.get_by_test_id("share-gold")).to_contain_text("金牌会员1")

    rows = page.get_by_test_id("trend").locator("tbody tr")
    assert rows.count() >= 10
    expect(page.get_by_test_id("trend").locator("canvas")).to_have_count(1)
    expect(page.get_by_test_id("tier-shares").locator("canvas")).to_have_count(1)
    assert sum(_fen(cell) for cell in rows.locator("td").all_text_contents()) == world.sales_fen

    expect(page.get_by_text("浅色的月份不足一整月")).to_be_visible()
    page.get_by_text("订单", exact=True).last.click()
    orders = page.get_by_test_id("trend").locator("tbody td")
    expect(orders.first).not_to_contain_text("¥")
    assert sum(int(cell.replace(",", "")) for cell in orders.all_text_contents()) == world.orders


def test_a_shorter_period_asks_the_server_for_less(open_page: OpenPage, maker: StorageState, world: World) -> None:
    page = open_page("/console/", state=maker, viewport=PHONE, locale="en-US")
    expect(page.get_by_test_id("orders")).to_have_text(str(world.orders))
    with page.expect_response(lambda response: "overview?from=" in response.url) as answered:
        expect(page.get_by_text("of those issued")).to_be_visible()
        page.get_by_text("90 days").click()
    shown = answered.value.json()["orders"]
    assert 0 < shown < world.orders
    expect(page.get_by_test_id("orders")).to_have_text(str(shown))
    expect(page.get_by_text("of those issued")).to_have_count(0)  # what is left was not issued in this period alone


@pytest.mark.requirement("CON-06")
def test_a_running_import_is_shown_until_it_ends(open_page: OpenPage, maker: StorageState, world: World) -> None:
    async def begin(tx: Transaction) -> ImportRun:
        last_day = tx.calendar.day(tx.now) - timedelta(days=3)
        run = await intake.open_run(tx, "test", last_day, None, again=False)
        await intake.enter_stage(tx, run.run_id, Stage.ORDERS, 1_250_000)
        return run

    run = change(world, begin)
    page = open_page("/console/", state=maker)
    banner = page.get_by_test_id("import-banner")
    expect(banner).to_contain_text("正在导入历史数据")
    expect(banner).to_contain_text("订单 · 0 / 1,250,000")
    expect(banner).to_contain_text("0%")

    change(world, lambda tx: intake.enter_stage(tx, run.run_id, Stage.RECONCILE, 4))
    expect(banner).to_contain_text("对账 · 0 / 4")

    change(world, lambda tx: intake.fail(tx, run.run_id))
    expect(banner).to_contain_text("导入中断了")


def _fen(yuan: str) -> int:
    return int(yuan.replace("¥", "").replace(",", "").replace(".", ""))
