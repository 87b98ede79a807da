"""Members ask for lines of an order to come back: refunded at once, decided by a person, taken back (CHK-10)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect

from huixiang.checkout.model.requests import RequestDecision
from huixiang.checkout.service import requested, requests
from huixiang.checkout.service.requests import Asking
from huixiang.kernel.ids import new_id
from tests.browser.conftest import DESKTOP, OpenPage, in_thread, lost
from tests.browser.test_h5_orders import shopped, shown
from tests.browser.test_reading import overflow, violations
from tests.browser.world import World, opened

pytestmark = pytest.mark.requirement("CHK-10")
REASON = "商品在核对后完好无损，详见门店记录 <b>ok</b>"


@pytest.fixture(scope="module", autouse=True)
def placed(world: World) -> dict[str, str]:
    return in_thread(shopped(world))


def ask(page: Page, goods: str, ground: str) -> None:
    page.get_by_test_id("begin-refund").click()
    form = page.get_by_test_id("refund-form")
    expect(form.get_by_test_id("ask-refund")).to_be_disabled()
    form.get_by_test_id("refund-line").filter(has_text=goods).get_by_role("checkbox").check()
    form.locator(".chips label", has_text=ground).locator("input").check()


def test_a_gold_member_is_refunded_at_once_and_once(
    open_page: OpenPage, world: World, placed: dict[str, str], failures: list[str]
) -> None:
    page = shown(open_page, world, f"orders/{placed['done']}")
    ask(page, "油麦菜", "不新鲜")
    for _ in range(2):
        page.get_by_role("button", name="少退一件").click()
    page.fill("textarea[name=note]", "叶子发黄")
    assert violations(page) == []
    assert overflow(page) == 0
    page.route("**/refund-requests", lost)
    page.get_by_test_id("ask-refund").click()
    request = page.get_by_test_id("request")
    expect(request).to_contain_text("已极速退款")
    expect(page.get_by_test_id("refund-said")).to_contain_text("连不上服务器")
    page.unroute_all()
    page.get_by_test_id("ask-refund").click()
    expect(page.get_by_test_id("refund-form")).to_have_count(0)
    expect(request).to_contain_text("油麦菜 300g/份 × 1")
    expect(request).to_contain_text("门店稍后会核对商品")
    expect(page.get_by_test_id("line").filter(has_text="油麦菜")).to_contain_text("已退 2")
    expect(page.get_by_test_id("payments").get_by_text("退货退款")).to_have_count(2)
    assert violations(page) == []
    assert len(failures) == 1
    failures.clear()


def test_what_a_person_decides_is_waited_for_taken_back_or_answered(
    open_page: OpenPage, world: World, placed: dict[str, str]
) -> None:
    look: dict[str, Any] = {"viewport": DESKTOP, "locale": "en-US", "scheme": "dark"}
    page = shown(open_page, world, f"orders/{placed['late']}", **look)
    requests_shown = page.get_by_test_id("request")
    ask(page, "milk", "Damaged")
    page.get_by_test_id("ask-refund").click()
    expect(requests_shown).to_contain_text("Waiting for the store")
    expect(page.get_by_test_id("refund-form")).to_have_count(0)
    page.get_by_test_id("withdraw-request").click()
    page.get_by_test_id("withdraw-request").click()
    expect(requests_shown).to_contain_text("Taken back")
    ask(page, "apple", "Something else")
    page.get_by_test_id("ask-refund").click()
    expect(requests_shown).to_have_count(2)

    async def refuse() -> None:
        order_id = UUID(placed["late"])
        async with opened(world.settings) as db, db.transaction() as tx:
            last = (await requested.requests_of_order(tx, order_id, None, 9)).items[-1]
            asking = Asking("staff", new_id())
            await requests.decide(tx, order_id, last.request_id, RequestDecision("refuse", REASON), asking)

    in_thread(refuse())
    page.reload()
    expect(requests_shown.last).to_contain_text(f"The store says: {REASON}")
    assert violations(page) == []
    assert overflow(page) == 0


def test_a_refusal_is_told_in_words(
    open_page: OpenPage, world: World, placed: dict[str, str], failures: list[str]
) -> None:
    page = shown(open_page, world, f"orders/{placed['done']}")
    ask(page, "大白菜", "不想要了")
    page.route("**/refund-requests", lambda route: route.abort())
    page.get_by_test_id("ask-refund").click()
    expect(page.get_by_test_id("refund-said")).to_contain_text("连不上服务器")
    page.unroute_all()
    page.get_by_test_id("ask-refund").click()
    expect(page.get_by_test_id("request").last).to_contain_text("大白菜")
    failures.clear()
