"""Finding a member, and everything about one."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, StorageState, expect

from tests.browser.conftest import DESKTOP, PHONE, OpenPage
from tests.browser.world import HOLDER, NEWCOMER, ORDERS_OF_WANG, WANG, World

PAGE = 20


def look_for(page: Page, query: str) -> None:
    page.fill("input[name=query]", query)
    page.keyboard.press("Enter")


@pytest.mark.requirement("CON-04")
@pytest.mark.parametrize("query", ["13812345678", "+86 138 1234 5678", WANG])
def test_a_member_is_found_by_phone_and_by_external_id(open_page: OpenPage, clerk: StorageState, query: str) -> None:
    page = open_page("/console/members", state=clerk)
    look_for(page, query)
    rows = page.get_by_test_id("results").locator("tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(f"收银 {WANG}")
    expect(rows).not_to_contain_text("王小明")  # masked: the role may reveal, but has not
    expect(rows).not_to_contain_text("12345678")
    assert query not in page.url


def test_the_number_found_finds_the_member_again_and_the_way_back_keeps_the_search(
    open_page: OpenPage, clerk: StorageState
) -> None:
    page = open_page("/console/members", state=clerk)
    look_for(page, WANG)
    link = page.get_by_test_id("results").get_by_role("link")
    expect(link).to_have_count(1)
    number = link.text_content() or ""
    look_for(page, number.replace(" ", "").strip())
    expect(link).to_have_count(1)
    expect(link).to_have_text(number)

    link.press("Enter")
    expect(page.get_by_test_id("card-number")).to_have_text(number.strip())
    page.get_by_role("link", name="返回查找").click()
    expect(page.locator("input[name=query]")).to_have_value(number.replace(" ", "").strip())
    expect(link).to_have_count(1)


def test_without_a_query_the_list_goes_on_page_by_page(open_page: OpenPage, clerk: StorageState) -> None:
    page = open_page("/console/members", state=clerk, viewport=PHONE, locale="en-US")
    rows = page.get_by_test_id("results").locator("tbody tr")
    expect(rows).to_have_count(PAGE)
    page.get_by_role("button", name="Show more").click()
    expect(rows).to_have_count(2 * PAGE)
    assert len(set(rows.locator("a").all_text_contents())) == 2 * PAGE


def test_nobody_found_is_said_with_what_was_looked_for(open_page: OpenPage, clerk: StorageState) -> None:
    page = open_page("/console/members", state=clerk)
    longest = "9" * 64
    look_for(page, longest)
    expect(page.get_by_test_id("no-results")).to_contain_text(longest)
    assert _overflow(page) == 0


@pytest.mark.requirement("CON-04")
def test_a_member_page_shows_card_tier_points_statement_and_orders(
    open_page: OpenPage, clerk: StorageState, world: World
) -> None:
    page = open_page(f"/console/members/{world.member_ids[WANG]}", state=clerk)
    expect(page.get_by_test_id("card")).to_have_attribute("data-tier", "gold")
    expect(page.get_by_test_id("available")).to_have_text(f"{world.wang_points:,}")
    missing = 1_000_000 - world.wang_spent_fen
    expect(page.get_by_test_id("tier-panel")).to_contain_text(
        f"再消费 ¥{missing // 100:,}.{missing % 100:02d} 升级为钻石会员"
    )

    statement = page.get_by_test_id("statement").locator("tbody tr")
    expect(statement).to_have_count(PAGE)
    expect(statement.first).to_contain_text("退货扣回")
    more = page.get_by_test_id("more")
    more.click()
    expect(statement).to_have_count(2 * PAGE)
    more.click()
    expect(statement).to_have_count(ORDERS_OF_WANG + 1)
    expect(more).to_have_count(0)
    changes = statement.locator("td:nth-child(5)").all_text_contents()
    assert sum(int(change.replace("\u2212", "-").replace(",", "")) for change in changes) == world.wang_points

    page.get_by_role("tab", name="积分流水").press("ArrowRight")
    orders = page.get_by_test_id("orders").locator("tbody tr")
    expect(orders).to_have_count(PAGE)
    expect(orders.first).to_contain_text("¥160.20")
    expect(orders.first).to_contain_text("已退 ¥53.40")


@pytest.mark.requirement("PTS-18")
def test_a_statement_is_narrowed_and_exported_as_it_is_shown(
    open_page: OpenPage, clerk: StorageState, maker: StorageState, world: World
) -> None:
    place = f"/console/members/{world.member_ids[HOLDER]}"
    page = open_page(place, state=clerk, locale="en-US")
    rows = page.get_by_test_id("statement").locator("tbody tr")
    page.get_by_test_id("filter-kind").select_option("capture")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("Held points spent")
    expect(rows).to_contain_text("100 free again")
    with page.expect_download() as started:
        page.get_by_test_id("export").click()
    lines = started.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert ([line.split(",")[4] for line in lines[1:]], len(lines)) == (["capture"], 2)
    page.get_by_test_id("filter-to").fill("2020-01-01")
    expect(page.get_by_test_id("nothing")).to_be_visible()
    page.get_by_role("button", name="Show everything").click()
    expect(rows).to_have_count(len(world.holder_kinds))

    without = open_page(place, state=maker)
    expect(without.get_by_test_id("statement")).to_be_visible()
    expect(without.get_by_test_id("export")).to_have_count(0)


@pytest.mark.requirement("CON-04")
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE])
def test_an_order_opens_into_its_lines(
    open_page: OpenPage, clerk: StorageState, world: World, viewport: dict[str, int]
) -> None:
    page = open_page(f"/console/members/{world.member_ids[WANG]}", state=clerk, viewport=viewport)
    page.get_by_role("tab", name="订单").click()
    first, second = (page.get_by_test_id("order-open").nth(at) for at in (0, 1))
    expect(first).to_have_attribute("aria-expanded", "false")
    first.press("Enter")
    expect(first).to_have_attribute("aria-expanded", "true")
    lines = page.get_by_test_id("order-lines")
    expect(lines).to_contain_text("till · w0")
    rows = lines.locator("tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text="apple")).to_contain_text("1.5 kg")
    expect(rows.filter(has_text="apple")).to_contain_text("已退 ¥53.40")
    expect(rows.filter(has_text="milk")).not_to_contain_text("已退")

    second.click()
    expect(lines).to_have_count(1)
    expect(lines).to_contain_text("till · w1")
    second.click()
    expect(lines).to_have_count(0)


@pytest.mark.parametrize("width", [390, 1110, 1280, 1440])
def test_no_column_of_the_orders_is_cut_off(open_page: OpenPage, clerk: StorageState, world: World, width: int) -> None:
    window = {"width": width, "height": 900}
    page = open_page(f"/console/members/{world.member_ids[WANG]}", state=clerk, viewport=window, locale="en-US")
    page.wait_for_load_state("networkidle")  # what is above the tabs moves them while it arrives
    page.get_by_role("tab", name="Orders").click()
    table = page.get_by_test_id("orders")
    expect(table).to_be_visible()
    hidden = "element => element.parentElement.scrollWidth - element.parentElement.clientWidth"
    assert table.evaluate(hidden) == 0
    assert _overflow(page) == 0


def test_a_member_who_has_bought_nothing_has_an_empty_page_that_says_so(
    open_page: OpenPage, clerk: StorageState, world: World
) -> None:
    page = open_page(f"/console/members/{world.member_ids[NEWCOMER]}", state=clerk)
    expect(page.get_by_text("还没有积分记录")).to_be_visible()
    page.get_by_role("tab", name="订单").click()
    expect(page.get_by_text("还没有订单")).to_be_visible()


def test_an_unknown_member_is_said_to_be_missing(open_page: OpenPage, clerk: StorageState, failures: list[str]) -> None:
    page = open_page("/console/members/0198f2a0-0000-7000-8000-000000000000", state=clerk)
    expect(page.get_by_test_id("member-missing")).to_be_visible()
    assert failures
    assert all("404" in failure for failure in failures)
    failures.clear()


def test_a_server_that_fails_is_said_and_asked_again(
    open_page: OpenPage, clerk: StorageState, world: World, failures: list[str]
) -> None:
    page = open_page("/console/members", state=clerk)
    expect(page.get_by_test_id("results")).to_be_visible()
    page.route(re.compile("/points/postings"), lambda route: route.abort())
    page.goto(f"/console/members/{world.member_ids[WANG]}")
    failure = page.get_by_test_id("failure")
    expect(failure).to_contain_text("连不上服务器")
    page.unroute_all()
    failure.get_by_role("button", name="重试").click()
    expect(page.get_by_test_id("statement").locator("tbody tr")).to_have_count(PAGE)
    assert failures
    failures.clear()


def _overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))
