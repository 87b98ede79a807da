"""Refund requests in the console: a queue, one decided, goods looked at."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, StorageState, expect

from huixiang.checkout import service as checkout
from huixiang.checkout.model import RefundLine
from huixiang.checkout.model.requests import NewRefundRequest, RefundGround
from huixiang.checkout.service import requests
from huixiang.checkout.service.requests import Asking
from huixiang.kernel.ids import new_id
from tests.browser.conftest import DESKTOP, PHONE, Held, OpenPage, in_thread
from tests.browser.test_reading import overflow, violations
from tests.browser.world import WANG, World, opened

pytestmark = pytest.mark.requirement("CHK-10")

NOTE = "两个梨子里面坏了 <b>bad</b>"
LOOKS = pytest.mark.parametrize(
    ("viewport", "locale", "scheme"), [(DESKTOP, "zh-CN", "light"), (PHONE, "en-US", "dark")], ids=["desk", "phone"]
)


@pytest.fixture(scope="module", autouse=True)
def numbers(world: World) -> list[str]:
    """Of three orders: the member's own request, refunded at once, and two of a system, which wait."""

    async def ask() -> list[str]:
        wang, told = world.member_ids[WANG], []
        async with opened(world.settings) as db, db.transaction() as tx:
            page = await checkout.orders_of(tx, wang, None, 4)  # the latest came back in part
            for number, summary in enumerate(page.items[1:]):
                order = await checkout.order(tx, summary.order_id)
                asking = Asking("system", new_id()) if number else Asking("member", wang)
                lines = [RefundLine(order.lines[0].line_id, order.lines[0].quantity)]
                asked = NewRefundRequest(ground=RefundGround.NOT_FRESH, lines=lines, note=NOTE)
                request = await requests.ask(tx, order.order_id, asked, asking)
                told.append(request.order_number)
        return told

    return in_thread(ask())


def show(page: Page, state: str) -> None:
    page.get_by_test_id("filter-state").select_option(state)


def open_request(page: Page, number: str) -> None:
    page.get_by_test_id("request-open").filter(has_text=number).click()


def say(page: Page, verdict: str, words: str) -> None:
    sheet = page.get_by_test_id("sheet")
    expect(sheet.get_by_test_id("submit")).to_be_disabled()
    sheet.locator("select[name=verdict]").select_option(verdict)
    sheet.locator("textarea[name=reason]").fill(words)
    sheet.get_by_test_id("submit").click()
    expect(sheet).to_have_count(0)


@LOOKS
def test_what_waits_is_listed_and_opened_in_both_languages(
    open_page: OpenPage,
    clerk: StorageState,
    numbers: list[str],
    viewport: dict[str, int],
    locale: str,
    scheme: str,
) -> None:
    page = open_page("/console/refunds", state=clerk, viewport=viewport, locale=locale, scheme=scheme)
    rows = page.get_by_test_id("refund-requests").locator("tbody tr")
    expect(rows).to_have_count(2)
    assert violations(page) == []
    assert overflow(page) == 0
    open_request(page, numbers[1])
    facts = page.get_by_test_id("request-facts")
    expect(facts).to_contain_text(NOTE)
    expect(facts.get_by_test_id("request-line")).to_have_text("apple × 1.5 kg")
    facts.get_by_text(numbers[1]).click()
    expect(facts.get_by_test_id("order-lines")).to_contain_text("apple")
    expect(facts).to_contain_text("不适用于该提出者" if locale == "zh-CN" else "Not for who asked")
    expect(page.get_by_test_id("request-log").locator("li")).to_have_count(1)
    assert violations(page) == []
    assert overflow(page) == 0


def test_one_is_approved_one_refused_and_goods_are_looked_at(
    open_page: OpenPage, clerk: StorageState, numbers: list[str]
) -> None:
    page = open_page("/console/refunds", state=clerk)
    open_request(page, numbers[1])
    say(page, "approve", "已在门店核实")
    open_request(page, numbers[2])
    say(page, "refuse", "商品完好")
    nothing = page.get_by_test_id("nothing")
    expect(nothing).to_contain_text("没有待处理的退款申请")
    held = Held(page, "state=withdrawn")
    with page.expect_request(lambda request: "state=withdrawn" in request.url):
        show(page, "withdrawn")
    expect(nothing).to_have_count(0)  # nobody knows yet
    held.let_go()
    expect(nothing).to_contain_text("还没有被撤回的申请")
    show(page, "refused")
    open_request(page, numbers[2])
    expect(page.get_by_test_id("request-log").locator("li").last).to_contain_text("商品完好")
    expect(page.get_by_test_id("sheet").locator("textarea")).to_have_count(0)
    page.keyboard.press("Escape")

    show(page, "to_check")
    rows = page.get_by_test_id("refund-requests").locator("tbody tr")
    expect(rows).to_have_count(1)
    open_request(page, numbers[0])
    expect(page.get_by_test_id("request-log").locator("li")).to_have_count(3)
    say(page, "not_ok", "商品没有损坏")
    show(page, "refunded")
    expect(rows.filter(has_text=numbers[0])).to_contain_text("商品不符")
    expect(rows).to_have_count(2)


def test_who_may_not_decide_only_reads(open_page: OpenPage, checker: StorageState, numbers: list[str]) -> None:
    page = open_page("/console/refunds?state=refunded", state=checker)
    open_request(page, numbers[0])
    expect(page.get_by_test_id("request-facts")).to_be_visible()
    expect(page.get_by_test_id("sheet").get_by_test_id("submit")).to_have_count(0)
