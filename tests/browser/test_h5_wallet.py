"""The member's wallet: coupons by state, codes, packs, and gifts by a link (CPN-03, CPN-05)."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from huixiang.catalogue import service as catalogue
from huixiang.coupons import service as coupons
from huixiang.kernel.ids import new_id
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import NewSwitch
from tests.browser.conftest import DESKTOP, PHONE, Held, OpenPage, in_thread, lost
from tests.browser.door import caught_up
from tests.browser.test_reading import overflow, violations
from tests.browser.world import HOLDER, NEWCOMER, WANG, World, opened

pytestmark = pytest.mark.requirement("CPN-03")
LONG = {
    "zh": "老朋友专享生鲜品质生活节全场通用超长名称优惠券" * 3,
    "en": "An offer for good old friends with a name that goes on " * 3,
}
TEMPLATES: dict[str, dict[str, Any]] = {
    "fresh_long": {"rule": "fresh_5", "name": LONG, "days": 1, "giftable": True},
    "coded": {
        "rule": "new_member_30", "name": {"zh": "码上减", "en": "Off by code"}, "days": 30,
        "codes": {"public": "SPRING88"}, "per_member": 1,
    },
    "paused": {"rule": "anything_95", "name": {"zh": "九五折券", "en": "Five per cent off"}, "days": 0},
}  # fmt: skip
MANY = 24
LOOKS = pytest.mark.parametrize(
    ("viewport", "locale", "scheme"),
    [(PHONE, "zh-CN", "light"), (DESKTOP, "en-US", "dark")],
    ids=["phone", "desk"],
)


@pytest.fixture(scope="module", autouse=True)
def given(world: World) -> None:
    """Wang has one of each kind, of which one is held; another has many."""

    async def give() -> None:
        wang, holder = world.member_ids[WANG], world.member_ids[HOLDER]
        async with opened(world.settings) as db:
            async with db.transaction() as tx:
                await catalogue.load_seed(tx)
                for code, body in TEMPLATES.items():
                    await rulebook.publish(tx, "coupon_template", code, body, tx.now, "test", "for the test")
                await rulebook.switch(
                    tx, "promotions", "main", NewSwitch(part="anything_95", off=True, reason="test"), "test"
                )
            async with db.transaction() as tx:
                held = new_id()
                for template in ("fresh_long", "fresh_long", "eggs_for_one", "free_delivery_coupon", "paused"):
                    await coupons.issue(tx, wang, template, new_id(), "grant")
                await coupons.issue(tx, wang, "new_member_8", held, "grant")
                await coupons.hold(tx, wang, [held], new_id())
            async with db.transaction() as tx:
                for _ in range(MANY):
                    await coupons.issue(tx, holder, "free_delivery_coupon", new_id(), "grant")

    in_thread(give())


def wallet_of(open_page: OpenPage, world: World, who: str, **look: Any) -> Page:
    return open_page(f"/m/wallet#token={world.tokens[who]}", **({"viewport": PHONE} | look))


@LOOKS
def test_each_coupon_says_what_it_gives_and_why_it_does_nothing(
    open_page: OpenPage, world: World, viewport: dict[str, int], locale: str, scheme: str
) -> None:
    page = wallet_of(open_page, world, WANG, viewport=viewport, locale=locale, scheme=scheme)
    zh = locale == "zh-CN"
    tickets = page.get_by_test_id("coupon")
    expect(tickets).to_have_count(5)
    paused = tickets.first  # ends today
    expect(paused).to_contain_text("9.5折" if zh else "5%")
    expect(paused.get_by_test_id("why")).to_contain_text("活动暂停" if zh else "paused")
    expect(paused).to_contain_text("今天到期" if zh else "Ends today")
    expect(tickets.filter(has_text="还剩 1 天" if zh else "1 day left")).to_have_count(2)
    eggs = tickets.filter(has_text="¥1").filter(has_text="鸡蛋" if zh else "gg").last
    expect(eggs).to_contain_text("满 ¥59 可用" if zh else "From ¥59")
    page.wait_for_load_state("networkidle")
    assert violations(page) == []
    assert overflow(page) == 0
    page.get_by_test_id("state-held").click()
    expect(page.get_by_test_id("why")).to_contain_text("进行中的订单" if zh else "on its way")
    page.get_by_test_id("state-used").click()
    expect(page.get_by_test_id("wallet-empty")).to_be_visible()
    assert violations(page) == []
    held = Held(page, "state=expired")
    with page.expect_request(re.compile("state=expired")):
        page.get_by_test_id("state-expired").click()
    expect(page.get_by_test_id("wallet-empty")).to_have_count(0)  # nobody knows yet
    held.let_go()
    expect(page.get_by_test_id("wallet-empty")).to_be_visible()


def test_a_code_is_refused_in_the_servers_words_and_redeemed(
    open_page: OpenPage, world: World, failures: list[str]
) -> None:
    page = wallet_of(open_page, world, NEWCOMER)
    said = page.get_by_test_id("code-said")
    page.fill("input[name=code]", "nothing-of-it")
    page.get_by_test_id("redeem").click()
    expect(said).to_contain_text("该兑换码不存在、已被使用或不在有效期内")
    page.fill("input[name=code]", "spring-88")
    page.route("**/coupons/redeem", lost)
    page.keyboard.press("Enter")
    expect(said).to_contain_text("连不上服务器")
    page.unroute_all()
    page.get_by_test_id("redeem").click()
    expect(said).to_contain_text("兑换成功")
    expect(page.get_by_test_id("coupon").filter(has_text="码上减")).to_have_count(1)
    assert all("422" in failure or "ERR_FAILED" in failure for failure in failures)
    failures.clear()


@pytest.mark.requirement("CPN-02")
def test_a_pack_is_taken_whole_and_offered_no_more(open_page: OpenPage, world: World) -> None:
    page = wallet_of(open_page, world, NEWCOMER, locale="en-US")
    expect(page.get_by_test_id("pack")).to_contain_text("worth ¥188")
    assert violations(page) == []
    page.get_by_test_id("take-pack").click()
    expect(page.get_by_test_id("coupon").filter(has_text="New member")).to_have_count(5)
    expect(page.get_by_test_id("pack")).to_have_count(0)


def test_many_coupons_go_on_as_the_member_scrolls(open_page: OpenPage, world: World) -> None:
    page = wallet_of(open_page, world, HOLDER)
    expect(page.get_by_test_id("coupon")).to_have_count(20)
    page.get_by_test_id("coupon").last.scroll_into_view_if_needed()
    expect(page.get_by_test_id("coupon")).to_have_count(MANY)


@pytest.mark.requirement("CPN-05")
def test_a_coupon_is_given_by_a_link_and_another_taken_back(
    open_page: OpenPage, world: World, failures: list[str]
) -> None:
    page = wallet_of(open_page, world, WANG)
    page.get_by_test_id("give").first.click()
    sheet = page.get_by_test_id("gift-sheet")
    assert violations(page) == []
    held = Held(page, "/gift$")
    sheet.get_by_test_id("make-gift").click()
    for _ in range(2):
        page.keyboard.press("Escape")  # the link is on its way
    lost(held.routes[0])
    expect(sheet.get_by_role("alert")).to_contain_text("连不上服务器")
    page.unroute_all()
    sheet.get_by_test_id("make-gift").click()
    link = sheet.get_by_test_id("gift-link").input_value()
    sheet.get_by_role("button", name="完成").click()

    taker = open_page(f"{link[link.index('/m/') :]}&token={world.tokens[NEWCOMER]}", viewport=PHONE)
    held = Held(taker, "/coupon-gifts/take$")
    taker.get_by_test_id("take-gift").click()
    expect(taker.get_by_test_id("take-gift")).to_have_text("领取中…")
    held.let_go()
    expect(taker.get_by_test_id("gift-taken")).to_contain_text("马上就到您的券包")
    in_thread(caught_up(world))
    expect(taker.get_by_test_id("gift-taken")).to_contain_text("已放入您的券包")
    assert violations(taker) == []
    taker.get_by_role("link", name="查看我的券").click()
    expect(taker.get_by_test_id("coupon").filter(has_text="老朋友")).to_have_count(1)

    page.get_by_test_id("give").first.click()
    sheet.get_by_test_id("make-gift").click()
    expect(sheet.get_by_test_id("gift-link")).to_have_value(re.compile("#gift="))
    sheet.get_by_role("button", name="完成").click()
    page.route("**/coupon-gifts?*", lambda route: route.fulfill(status=403, json={}))
    page.get_by_test_id("state-given").click()
    expect(page.get_by_test_id("gifts-failed")).to_be_visible()
    page.unroute_all()
    page.get_by_test_id("gifts-failed").get_by_role("button", name="重试").click()
    expect(page.get_by_test_id("coupon").filter(has_text="对方已收到")).to_have_count(1)
    page.get_by_test_id("withdraw").click()
    page.get_by_test_id("withdraw").click()
    expect(page.get_by_test_id("coupon")).to_have_count(1)
    page.get_by_test_id("state-issued").click()
    expect(page.get_by_test_id("coupon").filter(has_text="老朋友")).to_have_count(1)
    assert len(failures) == 2
    failures.clear()


def test_without_a_network_the_wallet_says_so_and_asks_again(
    open_page: OpenPage, world: World, failures: list[str]
) -> None:
    page = open_page("/m/", viewport=PHONE, locale="en-US")
    page.route(re.compile("/me/wallet"), lambda route: route.abort())
    page.goto(f"/m/wallet#token={world.tokens[WANG]}")
    page.reload()
    expect(page.get_by_test_id("failure")).to_contain_text("cannot be reached")
    page.unroute_all()
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_test_id("coupon").first).to_be_visible()
    failures.clear()
