"""Bulk grants in the console: made from a list, previewed, asked for, carried out."""

from __future__ import annotations

import pytest
from playwright.sync_api import StorageState, expect

from tests.browser.conftest import DESKTOP, PHONE, OpenPage, lost
from tests.browser.test_reading import overflow, violations
from tests.browser.world import HOLDER, NEWCOMER, WANG, World

LOOKS = pytest.mark.parametrize(
    ("viewport", "locale", "scheme"), [(DESKTOP, "zh-CN", "light"), (PHONE, "en-US", "dark")], ids=["desk", "phone"]
)


@pytest.mark.requirement("CON-07")
@LOOKS
def test_a_grant_is_previewed_and_asked_for(
    open_page: OpenPage,
    world: World,
    maker: StorageState,
    failures: list[str],
    viewport: dict[str, int],
    locale: str,
    scheme: str,
) -> None:
    page = open_page("/console/grants", state=maker, viewport=viewport, locale=locale, scheme=scheme)
    page.get_by_test_id("grant-create").click()
    assert violations(page) == []
    assert overflow(page) == 0
    members = [str(world.member_ids[one]) for one in (WANG, NEWCOMER, HOLDER)]
    page.locator("input[name=name]").fill(f"sorry {scheme}")
    page.locator("input[name=amount]").fill("30")
    page.locator("input[name=budget]").fill("goodwill")
    page.locator("input[name=budget-points]").fill("5000")
    page.locator("input[name=per-member]").fill("40")
    page.locator("input[name=in-all]").fill("100")
    page.locator("textarea[name=csv]").fill("\n".join([*members, members[0], "<b>nobody</b>"]))
    page.locator("textarea[name=reason]").fill("late deliveries")
    page.get_by_test_id("submit").click()
    expect(page.get_by_test_id("planned")).to_have_text("3")
    expect(page.get_by_test_id("excluded").locator("li")).to_have_count(1)
    assert violations(page) == []
    assert overflow(page) == 0
    facts = page.get_by_test_id("gift-facts").locator("dd").all_inner_texts()
    assert [facts[0], *facts[2:6]] == ["30", "goodwill", "5,000", "40", "100"]
    page.get_by_test_id("grant-request").click()
    page.locator("textarea[name=reason]").fill("agreed with the stores")
    page.route("**/request", lost)
    page.get_by_test_id("submit").click()
    expect(page.get_by_test_id("sheet")).to_have_count(0)  # what was done is not offered on
    page.unroute_all()
    failures.clear()
    expect(page.get_by_test_id("grant-state")).to_have_text("待审批" if locale == "zh-CN" else "Waiting")
    page.goto(page.url.rsplit("/", 1)[0])
    expect(page.get_by_test_id("grants").locator("tbody tr").filter(has_text=f"sorry {scheme}")).to_have_count(1)
    assert violations(page) == []
    assert overflow(page) == 0


@pytest.mark.requirement("CPN-02")
@LOOKS
def test_a_coupon_is_chosen_by_its_name(
    open_page: OpenPage, world: World, maker: StorageState, viewport: dict[str, int], locale: str, scheme: str
) -> None:
    zh = locale == "zh-CN"
    page = open_page("/console/grants/new", state=maker, viewport=viewport, locale=locale, scheme=scheme)
    page.locator("input[name=name]").fill("fresh food")
    page.locator("form").get_by_text("券" if zh else "Coupons", exact=True).click()
    label = "生鲜券 满 59 减 5（fresh_5）" if zh else "Fresh food: 5 off 59 (fresh_5)"
    page.locator("select[name=template]").select_option(label=label)
    facts = "发放后 14 天内有效 · 每人最多 4 张" if zh else "Good for 14 days · 4 at most for one member"
    expect(page.get_by_test_id("template-facts")).to_have_text(facts)
    page.locator("textarea[name=csv]").fill("\n".join(str(world.member_ids[one]) for one in (WANG, NEWCOMER)))
    page.locator("textarea[name=reason]").fill("late deliveries")
    assert violations(page) == []
    assert overflow(page) == 0
    page.get_by_test_id("submit").click()
    expect(page.get_by_test_id("planned")).to_have_text("2")
    expect(page.get_by_test_id("grant-preview")).to_contain_text("成本上限" if zh else "Cost at most")
    assert violations(page) == []
    assert overflow(page) == 0


@pytest.mark.requirement("CON-07")
def test_what_is_wrong_is_said_in_the_form(open_page: OpenPage, maker: StorageState, failures: list[str]) -> None:
    page = open_page("/console/grants/new", state=maker)
    page.locator("input[name=name]").fill("nothing")
    page.get_by_text("权益", exact=True).or_(page.get_by_text("Benefit", exact=True)).first.click()
    page.locator("input[name=code]").fill("no-such-benefit")
    page.locator("input[name=unit-cost]").fill("250")
    page.locator("textarea[name=csv]").fill("13800138000")
    page.locator("textarea[name=reason]").fill("a try")
    page.get_by_test_id("submit").click()
    expect(page.get_by_test_id("refused")).to_contain_text("no-such-benefit")
    assert [failure for failure in failures if "409" not in failure] == []
    failures.clear()
