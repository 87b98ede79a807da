"""The coupons of a member at the service desk: one given, one taken back, for a reason, and what the log says then."""

from __future__ import annotations

import pytest
from playwright.sync_api import StorageState, expect

from huixiang.coupons.service import issuing
from huixiang.kernel.ids import new_id
from tests.browser.conftest import DESKTOP, PHONE, OpenPage, in_thread, lost
from tests.browser.test_reading import overflow, violations
from tests.browser.world import NEWCOMER, World, opened


@pytest.fixture(scope="module", autouse=True)
def one_copy(world: World) -> None:
    async def issue() -> None:
        async with opened(world.settings) as db, db.transaction() as tx:
            await issuing.issue(tx, world.member_ids[NEWCOMER], "free_delivery_coupon", new_id(), "claim")

    in_thread(issue())


@pytest.mark.requirement("CPN-03")
def test_one_is_given_once_though_the_answer_is_lost_and_taken_back(
    open_page: OpenPage, world: World, clerk: StorageState, failures: list[str]
) -> None:
    page = open_page(f"/console/members/{world.member_ids[NEWCOMER]}", state=clerk)
    page.get_by_role("tab", name="优惠券", exact=True).click()
    rows = page.get_by_test_id("coupons").locator("tbody tr")
    expect(rows).to_have_count(1)
    page.get_by_test_id("give-coupon").click()
    sheet = page.get_by_test_id("sheet")
    sheet.locator("select[name=template]").select_option("fresh_5")
    expect(sheet.get_by_test_id("coupon-facts")).to_contain_text("满 ¥59，减 ¥5")
    sheet.locator("textarea[name=reason]").fill("配送迟到致歉")
    page.route("**/coupons", lost, times=1)
    sheet.get_by_test_id("submit").click()
    expect(sheet.get_by_test_id("refused")).to_be_visible()
    sheet.get_by_test_id("submit").click()
    expect(sheet).to_have_count(0)
    expect(rows).to_have_count(2)
    assert all("ERR_FAILED" in failure for failure in failures)
    failures.clear()
    given = rows.filter(has_text="满 59 减 5")
    given.get_by_test_id("void-coupon").click()
    expect(sheet.get_by_test_id("submit")).to_be_disabled()
    sheet.locator("textarea[name=reason]").fill("发错了")
    sheet.get_by_test_id("submit").click()
    expect(sheet).to_have_count(0)
    expect(rows).to_have_count(1)
    page.get_by_test_id("coupon-state").select_option("voided")
    given.get_by_test_id("coupon-open").click()  # not the one that the list has until the answer is there
    log = page.get_by_test_id("coupon-log").locator("li")
    expect(log).to_have_count(2)
    expect(log.first).to_contain_text("林晓clerk")
    expect(log.first).to_contain_text("配送迟到致歉")
    expect(log.last).to_contain_text("发错了")


@pytest.mark.requirement("CPN-03")
@pytest.mark.parametrize(
    ("viewport", "locale", "scheme"), [(DESKTOP, "zh-CN", "light"), (PHONE, "en-US", "dark")], ids=["desk", "phone"]
)
def test_coupons_are_legible_to_staff_who_may_only_look(
    open_page: OpenPage, world: World, maker: StorageState, viewport: dict[str, int], locale: str, scheme: str
) -> None:
    page = open_page(
        f"/console/members/{world.member_ids[NEWCOMER]}", state=maker, viewport=viewport, locale=locale, scheme=scheme
    )
    page.get_by_role("tab", name="优惠券" if locale == "zh-CN" else "Coupons", exact=True).click()
    page.get_by_test_id("coupon-open").first.click()
    expect(page.get_by_test_id("coupon-log")).to_be_visible()
    expect(page.get_by_test_id("give-coupon")).to_have_count(0)
    expect(page.get_by_test_id("void-coupon")).to_have_count(0)
    assert overflow(page) == 0
    assert violations(page) == []
