"""The member's orders: all of them in one list, and one with its lines, what came off, what was paid and came back
(CHK-01, CHK-02)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from huixiang.catalogue import service as catalogue
from huixiang.checkout import service as checkout
from huixiang.coupons import service as coupons
from huixiang.kernel.ids import new_id
from tests.browser.conftest import DESKTOP, PHONE, OpenPage, in_thread
from tests.browser.test_reading import overflow, violations
from tests.browser.world import NEWCOMER, ORDERS_OF_WANG, WANG, World, opened
from tests.checkout import counter

pytestmark = pytest.mark.requirement("CHK-02")
BASKET = [
    {"line_id": "greens", "sku": "61001", "grams": 8000},
    {"line_id": "spinach", "sku": "61002", "grams": 3000},
    {"line_id": "lettuce", "sku": "61003", "pieces": 4},
    {"line_id": "cabbage", "sku": "61006", "grams": 1800},
]
LOOKS = pytest.mark.parametrize(
    ("viewport", "locale", "scheme"),
    [(PHONE, "zh-CN", "light"), (DESKTOP, "en-US", "dark")],
    ids=["phone", "desk"],
)


@pytest.fixture(scope="module", autouse=True)
def placed(world: World) -> dict[str, str]:
    """Orders of Wang by how far they have come, and one of a till weeks ago: their ids."""
    return in_thread(shopped(world))


async def shopped(world: World) -> dict[str, str]:
    wang = world.member_ids[WANG]
    async with opened(world.settings) as db:
        async with db.transaction() as tx:
            await catalogue.load_seed(tx)
            await coupons.issue(tx, wang, "fresh_5", new_id(), "grant")
            late = (await checkout.orders_of(tx, wang, None, ORDERS_OF_WANG)).items[8]
        async with counter.opened(db) as desk:

            async def place(**more: Any) -> dict[str, Any]:
                quote = await desk.quote(BASKET, wang, store="HZ001", **more)
                return await desk.place(quote)

            due = await place(points=400)
            picked, done, gone = await place(), await place(), await place()
            few = [{"line_id": "lettuce", "quantity": 0}, {"line_id": "spinach", "quantity": 2500}]
            await desk.act(picked, "fulfil", picked=few)
            await desk.act(done, "complete", paid=True)
            await desk.refund(done, "r1", [("lettuce", 1)])
            await desk.act(gone, "cancel", reason="changed my mind")
    ways = {"due": due, "picked": picked, "done": done, "gone": gone}
    return {name: one["order_id"] for name, one in ways.items()} | {"late": str(late.order_id)}


def shown(open_page: OpenPage, world: World, path: str, who: str = WANG, **look: Any) -> Page:
    return open_page(f"/m/{path}#token={world.tokens[who]}", **({"viewport": PHONE} | look))


@LOOKS
def test_all_orders_are_one_list_that_goes_on(
    open_page: OpenPage, world: World, viewport: dict[str, int], locale: str, scheme: str
) -> None:
    page = shown(open_page, world, "orders", viewport=viewport, locale=locale, scheme=scheme)
    zh = locale == "zh-CN"
    rows = page.get_by_test_id("order")
    expect(rows).to_have_count(20)
    states = ["待付款", "已拣货", "已完成", "已取消"] if zh else ["To pay", "Picked", "Completed", "Cancelled"]
    shown_states = {row.get_by_test_id("order-state").inner_text() for row in rows.all()[:4]}
    assert shown_states <= {*states, "待付款", "To pay"}
    assert {"已取消" if zh else "Cancelled", "已完成" if zh else "Completed"} <= shown_states
    expect(rows.first).to_contain_text("等 4 种商品" if zh else "and more, 4 items")
    expect(page.get_by_role("listitem").filter(has_text="象鲜·西溪店" if zh else "Xiangxian Xixi")).to_have_count(4)
    page.wait_for_load_state("networkidle")
    assert violations(page) == []
    assert overflow(page) == 0
    for count in (40, ORDERS_OF_WANG + 4):
        rows.last.scroll_into_view_if_needed()
        expect(rows).to_have_count(count)


@LOOKS
@pytest.mark.requirement("CHK-01")
def test_an_order_explains_its_sum(
    open_page: OpenPage, world: World, placed: dict[str, str], viewport: dict[str, int], locale: str, scheme: str
) -> None:
    look: dict[str, Any] = {"viewport": viewport, "locale": locale, "scheme": scheme}
    zh = locale == "zh-CN"
    page = shown(open_page, world, f"orders/{placed['due']}", **look)
    sums = page.get_by_test_id("sums")
    expect(sums).to_contain_text("优惠券：生鲜券" if zh else "Coupon: Fresh food")
    expect(sums).to_contain_text("使用 400 积分" if zh else "400 points spent")
    figures = [
        int(re.sub(r"\D", "", text)) * (-1 if "−" in text else 1) for text in sums.locator("dd").all_inner_texts()
    ]
    assert sum(figures[:-1]) == figures[-1], "what stands above it is the sum"
    expect(page.get_by_test_id("payments")).to_contain_text("等待付款" if zh else "Waiting for payment")
    page.wait_for_load_state("networkidle")
    assert violations(page) == []
    assert overflow(page) == 0


def test_what_was_missing_and_what_came_back_is_told(open_page: OpenPage, world: World, placed: dict[str, str]) -> None:
    page = shown(open_page, world, f"orders/{placed['picked']}")
    lines = page.get_by_test_id("line")
    expect(lines.filter(has_text="油麦菜")).to_contain_text("缺货，未收费")
    expect(lines.filter(has_text="菠菜")).to_contain_text("下单 3 kg")
    page = shown(open_page, world, f"orders/{placed['done']}")
    expect(page.get_by_test_id("line").filter(has_text="油麦菜")).to_contain_text("已退 1")
    expect(page.get_by_test_id("payments")).to_contain_text("退款处理中")
    page = shown(open_page, world, f"orders/{placed['gone']}")
    expect(page.get_by_test_id("order-head")).to_contain_text("订单已取消")


def test_nothing_yet_another_s_order_and_no_network(
    open_page: OpenPage, world: World, placed: dict[str, str], failures: list[str]
) -> None:
    page = shown(open_page, world, "orders", NEWCOMER)
    expect(page.get_by_test_id("orders-empty")).to_be_visible()
    page.goto(f"/m/orders/{placed['due']}")
    expect(page.get_by_test_id("no-order")).to_contain_text("没有找到这笔订单")
    page.route(re.compile("/me/orders"), lambda route: route.abort())
    page.goto("/m/orders")
    expect(page.get_by_test_id("failure")).to_contain_text("连不上服务器")
    page.unroute_all()
    page.get_by_role("button", name="重试").click()
    expect(page.get_by_test_id("orders-empty")).to_be_visible()
    failures.clear()
