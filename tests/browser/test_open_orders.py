"""Orders on their way in the console, the oldest first, and one order with all that became of it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, StorageState, expect

from huixiang.catalogue import service as catalogue
from huixiang.checkout import service as checkout
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock, SystemClock
from huixiang.platform.db import Database
from huixiang.stock import service as stock
from huixiang.stock.model import Kind, ResourceRow
from tests.browser.conftest import DESKTOP, PHONE, Held, OpenPage, in_thread, lost
from tests.browser.test_reading import overflow, violations
from tests.browser.world import WANG, World, opened
from tests.checkout import counter

pytestmark = pytest.mark.requirement("PTS-07")
GREENS = {"line_id": "greens", "sku": "61001", "grams": 8000}
BASKET = [GREENS, {"line_id": "lettuce", "sku": "61003", "pieces": 4}]
PICKED = [{"line_id": "lettuce", "quantity": 0}, {"line_id": "greens", "quantity": 6500}]
FRESH = 20  # with the late one, more than a page has
SLOT = "HZ001/soon"
LOOKS = pytest.mark.parametrize(
    ("viewport", "locale", "scheme"), [(DESKTOP, "zh-CN", "light"), (PHONE, "en-US", "dark")], ids=["desk", "phone"]
)


@pytest.fixture(scope="module", autouse=True)
def orders(world: World) -> dict[str, dict[str, Any]]:
    """`late`: paid five days ago, and picked; `back`: had a place of a slot, and came back whole; `till`: of a till;
    others are on their way since just now: `kept` and `gone` are paid, with 100 points, `unpaid` and `unwanted` not."""
    return in_thread(shopped(world))


async def shopped(world: World) -> dict[str, dict[str, Any]]:
    wang = world.member_ids[WANG]
    then = SettableClock(SystemClock().now() - timedelta(days=5))
    calendar = BusinessCalendar(world.settings.time_zone)
    found = {}
    async with opened(world.settings) as db:
        async with db.transaction() as tx:
            await catalogue.load_seed(tx)
            ends_at = tx.now + timedelta(hours=9)
            slot = ResourceRow(kind=Kind.SLOT, key=SLOT, unit="places", capacity=9, version=1, closes_at=ends_at)
            await stock.define(tx, [slot])
            till = (await checkout.orders_of(tx, wang, None, 1)).items[0]
            found["till"] = {"order_id": str(till.order_id), "order_number": till.order_number}
        past = await Database.open(str(world.settings.database_url), calendar=calendar, clock=then)
        try:
            async with counter.opened(past) as desk:
                quote = await desk.quote(BASKET, wang, store="HZ001", points=400, delivery={"fee_fen": 600})
                found["late"] = await desk.place(quote, paid=True)
                await desk.act(found["late"], "fulfil", picked=PICKED)
        finally:
            await past.close()
        async with counter.opened(db) as desk:
            quote = await desk.quote(BASKET, wang, store="HZ001")
            found["back"] = await desk.place(quote, paid=True, slot=SLOT)
            await desk.act(found["back"], "complete")
            await desk.refund(found["back"], "all", [("greens", 8000), ("lettuce", 4)])
            found["unpaid"], found["unwanted"] = [await desk.place(quote) for _ in range(2)]
            for _ in range(FRESH - 4):
                await desk.place(quote)
            quote = await desk.quote(BASKET, wang, store="HZ001", points=100)
            found["kept"], found["gone"] = [await desk.place(quote, paid=True) for _ in range(2)]
    return found


def filtered(page: Page, rows: Locator, failures: list[str]) -> None:
    """The list goes on, also after a failure; by age and store, which the address keeps."""
    page.route(re.compile("orders/open.*cursor="), lambda route: route.abort())
    page.get_by_test_id("more").click()
    again = page.get_by_test_id("failure").get_by_role("button")
    expect(again).to_be_visible()
    page.unroute_all()
    failures.clear()
    again.click()
    expect(rows).to_have_count(FRESH + 1)

    page.get_by_test_id("filter-age").select_option("3")
    expect(rows).to_have_count(1)
    page.get_by_test_id("filter-store").fill("HZ999")
    page.get_by_test_id("filter-store").press("Enter")
    expect(page.get_by_test_id("nothing")).to_be_visible()
    page.reload()
    expect(page.get_by_test_id("filter-store")).to_have_value("HZ999")
    page.get_by_test_id("filter-store").fill("HZ001")
    page.get_by_test_id("filter-store").press("Tab")
    expect(rows).to_have_count(1)


@LOOKS
def test_what_is_late_stands_first_and_opens(
    open_page: OpenPage,
    clerk: StorageState,
    failures: list[str],
    orders: dict[str, dict[str, Any]],
    viewport: dict[str, int],
    locale: str,
    scheme: str,
) -> None:
    page = open_page("/console/orders", state=clerk, viewport=viewport, locale=locale, scheme=scheme)
    zh = locale == "zh-CN"
    rows = page.get_by_test_id("open-orders").locator("tbody tr")
    expect(rows).to_have_count(20)
    first = rows.first
    expect(first).to_contain_text(orders["late"]["order_number"])
    expect(first).to_contain_text("5 天 · 逾期" if zh else "5 days · Late")
    expect(page.get_by_test_id("late-days")).to_contain_text("3 天" if zh else "3 days")
    expect(rows.last).not_to_contain_text("逾期" if zh else "Late")
    expect(first).to_contain_text("已拣货" if zh else "Picked")
    assert violations(page) == []
    assert overflow(page) == 0
    if viewport is DESKTOP:
        filtered(page, rows, failures)
    first.get_by_test_id("order-open").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(orders["late"]["order_number"])
    lines = page.get_by_test_id("whole-lines").locator("tbody tr")
    expect(lines.filter(has_text="61003")).to_contain_text("未拣到" if zh else "Not picked")
    expect(page.get_by_test_id("whole-sums")).to_contain_text("配送费" if zh else "Delivery")
    expect(page.get_by_test_id("whole-payments").locator("tbody tr")).to_have_count(1)
    assert violations(page) == []
    assert overflow(page) == 0


@LOOKS
@pytest.mark.requirement("PTS-24")
def test_an_order_that_came_back_says_what_is_still_to_follow(
    open_page: OpenPage,
    checker: StorageState,
    orders: dict[str, dict[str, Any]],
    viewport: dict[str, int],
    locale: str,
    scheme: str,
) -> None:
    where = f"/console/orders/{orders['back']['order_id']}"
    page = open_page(where, state=checker, viewport=viewport, locale=locale, scheme=scheme)
    zh = locale == "zh-CN"
    expect(page.get_by_test_id("order-state")).to_have_text("已全部退款" if zh else "All refunded")
    refund = page.get_by_test_id("refunds").locator("li")
    pending = page.get_by_test_id("effect-pending")
    expect(refund).to_have_count(1)
    expect(pending).to_have_count(1)  # the place of the slot, which the outbox frees
    expect(refund).to_contain_text("释放名额" if zh else "Shares of stock freed")
    page.get_by_test_id("payment-open").last.click()
    facts = page.get_by_test_id("payment-facts")
    expect(facts).to_contain_text(orders["back"]["order_id"])
    page.keyboard.press("Escape")
    expect(facts).to_have_count(0)
    assert violations(page) == []
    assert overflow(page) == 0


def test_one_of_a_till_is_reached_from_its_member_and_a_wrong_address_is_told(
    open_page: OpenPage, clerk: StorageState, world: World, orders: dict[str, dict[str, Any]], failures: list[str]
) -> None:
    page = open_page(f"/console/members/{world.member_ids[WANG]}", state=clerk)
    page.get_by_role("tab", name="订单").click()
    page.get_by_test_id("order-open").filter(has_text=orders["till"]["order_number"]).click()
    held = Held(page, "/whole")
    page.get_by_test_id("to-order").click()
    expect(page.get_by_role("status", name="加载中")).not_to_have_count(0)
    held.let_go()
    expect(page.get_by_test_id("whole-facts")).to_contain_text("till · w0")
    expect(page.get_by_test_id("refunds").locator("li")).to_have_count(1)
    page.goto(f"/console/orders/{world.member_ids[WANG]}")
    expect(page.get_by_test_id("order-missing")).to_be_visible()
    failures.clear()  # 404


async def finish(world: World, order: dict[str, Any]) -> None:
    async with opened(world.settings) as db, counter.opened(db) as desk:
        await desk.act(order, "complete")


@pytest.mark.requirement("CHK-04")
def test_staff_complete_what_is_paid_and_a_lost_answer_completes_it_once(
    open_page: OpenPage, clerk: StorageState, orders: dict[str, dict[str, Any]], failures: list[str]
) -> None:
    page = open_page(f"/console/orders/{orders['unpaid']['order_id']}", state=clerk)
    page.get_by_test_id("complete-order").click()
    expect(page.get_by_test_id("still-due")).to_contain_text("未付")
    page.fill("textarea[name=reason]", "已交货")
    expect(page.get_by_test_id("submit")).to_be_disabled()

    page.goto(f"/console/orders/{orders['kept']['order_id']}")
    page.get_by_test_id("complete-order").click()
    expect(page.get_by_test_id("consequences")).to_contain_text("扣减 100 积分")
    expect(page.get_by_test_id("submit")).to_be_disabled()
    page.fill("textarea[name=reason]", "已交货，门店未回报")
    assert violations(page) == []
    page.route(re.compile("/complete$"), lost)
    page.get_by_test_id("submit").click()
    expect(page.get_by_test_id("refused")).to_be_visible()
    page.unroute_all()
    failures.clear()
    page.get_by_test_id("submit").click()
    expect(page.get_by_test_id("sheet")).to_have_count(0)
    expect(page.get_by_test_id("order-state")).to_have_text("已完成")
    expect(page.get_by_test_id("complete-order")).to_have_count(0)


@pytest.mark.requirement("CHK-05")
def test_staff_cancel_on_a_phone_and_are_told_that_somebody_was_before_them(
    open_page: OpenPage, clerk: StorageState, world: World, orders: dict[str, dict[str, Any]], failures: list[str]
) -> None:
    where = f"/console/orders/{orders['gone']['order_id']}"
    page = open_page(where, state=clerk, viewport=PHONE, locale="en-US", scheme="dark")
    page.get_by_test_id("cancel-order").click()
    consequences = page.get_by_test_id("consequences")
    expect(consequences).to_contain_text("100 points that it holds are free again")
    expect(consequences).to_contain_text("that was paid is given back")
    page.fill("textarea[name=reason]", "nobody came")
    assert violations(page) == []
    assert overflow(page) == 0
    in_thread(finish(world, orders["gone"]))
    page.get_by_test_id("submit").click()
    expect(page.get_by_test_id("refused")).to_contain_text("this cannot be done any more")
    failures.clear()
    expect(page.get_by_test_id("order-state")).to_have_text("Completed")

    page.goto(f"/console/orders/{orders['unwanted']['order_id']}")
    page.get_by_test_id("cancel-order").click()
    expect(consequences).to_contain_text("is charged no more")
    page.fill("textarea[name=reason]", "placed twice")
    page.get_by_test_id("submit").click()
    expect(page.get_by_test_id("order-state")).to_have_text("Cancelled")
    expect(page.get_by_test_id("order-note")).to_have_text("Cancelled: placed twice")
