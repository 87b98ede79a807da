"""The member's own page on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, OpenPage
from tests.browser.world import HOLDER, NEWCOMER, ORDERS_OF_WANG, WANG, World

SCRIPT_BYTES_MAX = 150_000
PAGE = 20

# What a line of each kind says, for the postings of HOLDER.
ZH = {
    "earn": ["获得积分", "购物"],
    "hold": ["冻结", "结算"],
    "capture": ["扣减冻结积分", "解冻 100"],
    "release": ["解冻", "120"],
    "spend": ["使用积分", "结算抵现"],
    "return": ["退回积分", "退货"],
    "transfer_out": ["转出积分", "会员转赠"],
    "claw_back": ["退货扣回", "待抵扣 41"],
}
EN = {
    "earn": ["Points earned", "Purchase"], "hold": ["Set aside", "Checkout"],
    "capture": ["Held points spent", "100 free again"], "release": ["Released", "120"],
    "spend": ["Points spent", "Cash off"], "return": ["Given back", "Refund"],
    "transfer_out": ["Points sent", "Between members"], "claw_back": ["Taken back on refund", "41 owed"],
}  # fmt: skip


@pytest.mark.requirement("H5-01")
def test_the_card_shows_tier_points_and_what_is_missing(open_page: OpenPage, world: World) -> None:
    page = open_page(f"/m/#token={world.tokens[WANG]}", viewport=PHONE)
    expect(page.get_by_test_id("card")).to_have_attribute("data-tier", "gold")
    expect(page.get_by_test_id("card-tier")).to_have_text("金牌会员")
    expect(page.get_by_test_id("card-points")).to_have_text(f"{world.wang_points:,}")
    expect(page.get_by_test_id("card-number")).to_have_text(re.compile(r"^\d{4} \d{4} \d{4}$"))
    missing = 1_000_000 - world.wang_spent_fen
    expect(page.get_by_test_id("tier-missing")).to_have_text(
        f"再消费 ¥{missing // 100:,}.{missing % 100:02d} 升级为钻石会员"
    )
    expect(page.get_by_role("heading", name=re.compile("王小明|王"))).to_be_visible()


def test_a_tier_that_is_not_known_is_not_claimed(open_page: OpenPage, world: World, failures: list[str]) -> None:
    page = open_page("/m/", viewport=PHONE)
    page.route(re.compile("/me/tier"), lambda route: route.abort())
    page.goto(f"/m/points#token={world.tokens[WANG]}")
    page.get_by_role("link", name="会员卡").click()
    expect(page.get_by_test_id("card-points")).to_have_text(f"{world.wang_points:,}")
    expect(page.get_by_test_id("card-tier")).to_have_count(0)
    page.unroute_all()
    page.get_by_role("button", name="重试").click()
    expect(page.get_by_test_id("card-tier")).to_have_text("金牌会员")
    assert failures
    failures.clear()


@pytest.mark.requirement("H5-03")
def test_the_statement_goes_on_as_the_member_scrolls(open_page: OpenPage, world: World) -> None:
    page = open_page(f"/m/points#token={world.tokens[WANG]}", viewport=PHONE)
    rows = page.get_by_test_id("posting")
    expect(rows).to_have_count(PAGE)
    for count in (2 * PAGE, ORDERS_OF_WANG + 1):
        rows.last.scroll_into_view_if_needed()
        expect(rows).to_have_count(count)
    expect(page.get_by_text("没有更多了")).to_have_css("text-align", "center")  # the kit's own styles are there
    shown = page.get_by_test_id("posting").locator(".points").all_text_contents()
    assert sum(int(text.replace("\u2212", "-").replace(",", "")) for text in shown) == world.wang_points


@pytest.mark.requirement("PTS-18")
@pytest.mark.parametrize(("locale", "shown"), [("zh-CN", ZH), ("en-US", EN)])
def test_every_kind_of_posting_reads_naturally(
    open_page: OpenPage, world: World, locale: str, shown: dict[str, list[str]]
) -> None:
    page = open_page(f"/m/points#token={world.tokens[HOLDER]}", viewport=PHONE, locale=locale)
    rows = page.get_by_test_id("posting")
    expect(rows).to_have_count(len(world.holder_kinds))
    for row, kind in zip(rows.all(), world.holder_kinds, strict=True):
        for words in shown[kind]:
            expect(row).to_contain_text(words)
        assert "_" not in (row.text_content() or "")  # no code without a word


@pytest.mark.requirement("PTS-18")
def test_the_statement_is_narrowed_to_a_kind_and_a_period(open_page: OpenPage, world: World) -> None:
    page = open_page(f"/m/points#token={world.tokens[HOLDER]}", viewport=PHONE, locale="en-US")
    rows = page.get_by_test_id("posting")
    page.get_by_test_id("filter-kind").select_option("hold")
    expect(rows).to_have_count(world.holder_kinds.count("hold"))
    page.get_by_test_id("filter-period").select_option("lastYear")
    expect(page.get_by_test_id("no-matches")).to_contain_text("Nothing matches this filter")
    page.get_by_role("button", name="Show everything").click()
    expect(rows).to_have_count(len(world.holder_kinds))
    expect(page.get_by_test_id("filter-kind")).to_have_value("")


def test_the_token_leaves_the_address_bar_and_lasts_for_the_tab(open_page: OpenPage, world: World) -> None:
    page = open_page(f"/m/#token={world.tokens[WANG]}", viewport=PHONE)
    expect(page.get_by_test_id("card")).to_be_visible()
    assert page.url.endswith("/m/")
    assert page.evaluate("history.length") <= 2
    page.get_by_role("link", name="等级").click()
    expect(page.get_by_test_id("rung-gold")).to_contain_text("当前等级")
    page.reload()
    expect(page.get_by_test_id("growth")).to_be_visible()
    assert world.tokens[WANG] not in page.content()
    assert page.evaluate("sessionStorage.getItem('huixiang.token')") == world.tokens[WANG]
    assert page.evaluate("localStorage.getItem('huixiang.token')") is None


def test_without_a_token_the_page_is_the_way_in(open_page: OpenPage) -> None:
    page = open_page("/m/points", viewport=PHONE)
    expect(page.get_by_test_id("sign-in")).to_contain_text("登录会员")
    expect(page.get_by_test_id("expired")).to_have_count(0)
    expect(page.get_by_role("navigation")).to_have_count(0)


def test_a_token_that_no_longer_holds_is_forgotten(open_page: OpenPage, world: World, failures: list[str]) -> None:
    page = open_page(f"/m/#token={world.tokens[WANG][:-8]}AAAAAAAA", viewport=PHONE, locale="en-US")
    expect(page.get_by_test_id("expired")).to_contain_text("Your sign-in has run out")
    assert page.evaluate("sessionStorage.getItem('huixiang.token')") is None
    assert all("401" in failure for failure in failures)
    failures.clear()


def test_a_newcomer_sees_a_card_and_no_points(open_page: OpenPage, world: World) -> None:
    page = open_page(f"/m/#token={world.tokens[NEWCOMER]}", viewport=PHONE)
    expect(page.get_by_test_id("card-points")).to_have_text("0")
    expect(page.get_by_text("还没有积分记录")).to_be_visible()


def test_days_are_those_of_the_business_not_of_the_reader(open_page: OpenPage, world: World) -> None:
    page = open_page(f"/m/points#token={world.tokens[WANG]}", viewport=PHONE, locale="en-US")
    earned = page.get_by_test_id("posting").nth(1)
    expect(earned).to_be_visible()
    at = page.evaluate(
        """async (token) => {
          const answer = await fetch('/api/member/v1/me/points/postings', {headers: {Authorization: 'Bearer ' + token}})
          const when = new Date((await answer.json()).items[1].occurred_at)
          const style = {dateStyle: 'medium', timeStyle: 'short', timeZone: 'Asia/Shanghai'}
          return new Intl.DateTimeFormat('en-GB', style).format(when)
        }""",
        world.tokens[WANG],
    )
    expect(earned).to_contain_text(at)


@pytest.mark.requirement("H5-04")
def test_the_first_view_is_light(open_page: OpenPage, world: World) -> None:
    page = open_page(f"/m/#token={world.tokens[WANG]}", viewport=PHONE)
    expect(page.get_by_test_id("card-points")).to_be_visible()
    page.wait_for_load_state("networkidle")
    sizes = page.evaluate(
        """performance.getEntriesByType('resource').filter((entry) => entry.name.endsWith('.js'))
          .map((entry) => [entry.encodedBodySize, entry.decodedBodySize])"""
    )
    sent = sum(encoded for encoded, _ in sizes)
    assert sent > 20_000  # the scripts were seen at all
    assert sent < sum(decoded for _, decoded in sizes) / 2  # and came compressed
    assert sent <= SCRIPT_BYTES_MAX
