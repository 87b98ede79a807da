"""Coupons in the console: templates with what became of copies; a batch of codes asked for, fetched once, ended."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, StorageState, expect

from huixiang.coupons.handlers import SUBSCRIPTIONS
from huixiang.coupons.service import issuing
from huixiang.kernel.ids import new_id
from huixiang.platform.relay import Relay
from huixiang.rulebook import service as rulebook
from tests.browser.conftest import DESKTOP, PHONE, Held, OpenPage, in_thread
from tests.browser.test_reading import overflow, violations
from tests.browser.world import WANG, World, opened

LONG = "生鲜周末特惠券" * 8
MORE = 15  # with those that are shipped, more than a page has
LOOKS = pytest.mark.parametrize(
    ("viewport", "locale", "scheme"), [(DESKTOP, "zh-CN", "light"), (PHONE, "en-US", "dark")], ids=["desk", "phone"]
)


@pytest.fixture(scope="module", autouse=True)
def templates(world: World) -> None:
    """One with every way to be had and a very long name, of which three copies are out; and a page full of others."""

    async def publish() -> None:
        body = {"rule": "fresh_5", "name": {"zh": LONG, "en": "Weekend " * 10}, "days": 14}
        whole = body | {"claim": {}, "codes": {"public": "WEEKEND2026", "unique": True}, "total": 500, "per_member": 9}
        async with opened(world.settings) as db:
            async with db.transaction() as tx:
                for number in range(MORE):
                    await rulebook.publish(tx, "coupon_template", f"more_{number:02}", body, tx.now, "test", "test")
                await rulebook.publish(tx, "coupon_template", "aa_weekend", whole, tx.now, "test", "test")
            for _ in range(3):
                async with db.transaction() as tx:
                    await issuing.issue(tx, world.member_ids[WANG], "fresh_5", new_id(), "grant")

    in_thread(publish())


@pytest.mark.requirement("CPN-06")
@LOOKS
def test_templates_are_listed_with_what_became_of_them(
    open_page: OpenPage, maker: StorageState, viewport: dict[str, int], locale: str, scheme: str
) -> None:
    page = open_page("/console/coupons", state=maker, viewport=viewport, locale=locale, scheme=scheme)
    rows = page.get_by_test_id("templates").locator("tbody tr")
    expect(rows).to_have_count(20)
    fresh = rows.filter(has_text="生鲜券 满 59 减 5" if locale == "zh-CN" else "Fresh food: 5 off 59")
    expect(fresh).to_contain_text("满 ¥59，减 ¥5" if locale == "zh-CN" else "¥5 off from ¥59")
    expect(fresh.locator("td.pair").first).to_contain_text("3")
    page.wait_for_load_state("networkidle")
    assert violations(page) == []
    assert overflow(page) == 0
    page.get_by_test_id("more").click()
    expect(rows).to_have_count(25)
    rows.first.get_by_role("link").click()
    facts = page.get_by_test_id("template-facts")
    expect(facts).to_contain_text("WEEKEND2026")
    expect(facts).to_contain_text("500")
    expect(page.get_by_test_id("sums").get_by_test_id("span")).to_have_value("30")
    page.wait_for_load_state("networkidle")
    assert violations(page) == []
    assert overflow(page) == 0


@pytest.mark.requirement("CPN-06")
def test_one_that_is_not_there_says_so(open_page: OpenPage, clerk: StorageState, failures: list[str]) -> None:
    page = open_page("/console/coupons/templates/none", state=clerk)
    expect(page.get_by_test_id("template-missing")).to_be_visible()
    assert all("404" in failure for failure in failures)
    failures.clear()
    page.goto("/console/coupons/templates/fresh_5")
    expect(page.get_by_test_id("template-facts")).to_be_visible()
    expect(page.get_by_test_id("sums")).to_have_count(0)


def send_with_slips(page: Page) -> None:
    """Neither a selection that ends beside the form nor an early Escape closes it; afterwards the focus is back."""
    sheet = page.get_by_test_id("sheet")
    box = sheet.locator("textarea[name=reason]").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 9, box["y"] + 9)
    page.mouse.down()
    page.mouse.move(5, 5)
    page.mouse.up()
    held = Held(page, "/coupons/batches$")
    sheet.get_by_test_id("submit").click()
    for _ in range(2):
        page.keyboard.press("Escape")
    expect(sheet.locator("input[name=name]")).to_have_value("秋季传单")
    held.let_go()
    expect(page.get_by_test_id("new-batch")).to_be_focused()


@pytest.mark.requirement("CPN-02")
def test_a_batch_is_asked_for_fetched_once_and_ended(
    open_page: OpenPage, maker: StorageState, checker: StorageState, world: World
) -> None:
    page = open_page("/console/coupons/batches", state=maker)
    expect(page.get_by_test_id("nothing")).to_be_visible()
    page.get_by_test_id("new-batch").click()
    sheet, submit, state = (page.get_by_test_id(name) for name in ("sheet", "submit", "batch-state"))
    sheet.locator("input[name=name]").fill("秋季传单")
    sheet.locator("select[name=template] option[value=aa_weekend]").wait_for(state="attached")
    sheet.locator("select[name=template]").select_option("aa_weekend")
    sheet.locator("input[name=codes]").fill("0")
    sheet.locator("textarea[name=reason]").fill("autumn")
    expect(submit).to_be_disabled()
    sheet.locator("input[name=codes]").fill("1200")
    assert violations(page) == []
    send_with_slips(page)
    row = page.get_by_test_id("batches").locator("tbody tr")
    expect(row).to_contain_text("待审批")
    assert violations(page) == []
    row.get_by_role("link").click()
    expect(page.get_by_test_id("hand-out")).to_have_count(0)
    address = page.get_by_role("link", name="查看审批").get_attribute("href")
    assert address is not None
    theirs = open_page(address, state=checker)
    theirs.get_by_test_id("decide").get_by_role("button", name="批准").click()
    theirs.get_by_test_id("sheet").locator("textarea").fill("已核对")
    theirs.get_by_test_id("submit").click()
    expect(theirs.get_by_test_id("sheet")).to_have_count(0)

    async def settle() -> None:
        async with opened(world.settings) as db:
            await Relay(db, SUBSCRIPTIONS).drain()

    in_thread(settle())
    page.reload()
    expect(state).to_have_text("可下载")
    page.get_by_test_id("hand-out").click()
    with page.expect_download() as fetched:
        submit.click()
    lines = Path(fetched.value.path()).read_text().split()
    assert (lines[0], len(set(lines))) == ("code", 1201)
    expect(state).to_have_text("已下载")
    expect(page.get_by_test_id("hand-out")).to_have_count(0)
    expect(page.get_by_test_id("batch-counts")).to_contain_text("1,200")
    page.get_by_test_id("end").click()
    sheet.locator("textarea[name=reason]").fill("传单丢失")
    submit.click()
    expect(state).to_have_text("已作废")
    assert violations(page) == []
    assert overflow(page) == 0
