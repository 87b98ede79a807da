"""What customer service asks for on a member's page, and what another person approves."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, StorageState, expect

from tests.browser.approvals import carry_out
from tests.browser.conftest import DESKTOP, PHONE, OpenPage, in_thread
from tests.browser.desk import People, approved, settle, submit
from tests.browser.test_reading import overflow, violations
from tests.browser.world import World

LOOKS = [(DESKTOP, "zh-CN", "light"), (PHONE, "en-US", "dark"), (PHONE, "zh-CN", "light"), (DESKTOP, "en-US", "dark")]


@pytest.fixture(scope="module")
def people(world: World) -> People:
    return in_thread(settle(world))


def check(page: Page) -> None:
    assert violations(page) == []
    assert overflow(page) == 0


@pytest.mark.requirement("CON-06")
@pytest.mark.parametrize(("viewport", "locale", "scheme"), LOOKS)
def test_the_forms_can_be_read(
    open_page: OpenPage, clerk: StorageState, people: People, viewport: dict[str, int], locale: str, scheme: str
) -> None:
    place = f"/console/members/{people.whole}"
    page = open_page(place, state=clerk, viewport=viewport, locale=locale, scheme=scheme)
    chinese = locale == "zh-CN"
    page.get_by_test_id("correct").click()
    for field in ("name", "phone", "birthday", "address"):
        page.locator(f"select[name=choice-{field}]").select_option("change")
    check(page)
    page.keyboard.press("Escape")
    page.get_by_test_id("set-tier").click()
    check(page)
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="身份与合并" if chinese else "Identity and merges").click()
    expect(page.get_by_test_id("identity-row")).to_have_count(3)
    page.get_by_test_id("link").click()
    page.locator("select[name=kind]").select_option("external")
    check(page)
    page.keyboard.press("Escape")
    page.get_by_test_id("unlink").first.click()
    expect(page.locator("dialog input[name=phone]")).to_be_visible()
    check(page)
    page.keyboard.press("Escape")
    page.get_by_role("tab", name="资料与来源" if chinese else "Profile and origin").click()
    expect(page.get_by_test_id("consent-marketing")).to_be_visible()
    page.get_by_test_id("attribute-allergy").get_by_test_id("change-attribute").click()
    page.locator("dialog input[name=value]").fill("x")
    expect(page.get_by_test_id("needs-consent")).to_be_visible()
    check(page)


@pytest.mark.requirement("CON-02")
def test_personal_data_are_corrected_by_two_people(
    open_page: OpenPage, clerk: StorageState, checker: StorageState, people: People, world: World
) -> None:
    page = open_page(f"/console/members/{people.whole}", state=clerk)
    expect(page.get_by_test_id("field-name")).to_contain_text("钱*")
    page.get_by_test_id("correct").click()
    expect(page.get_by_test_id("second-person")).to_contain_text("另一位同事审批")
    sheet = page.get_by_test_id("sheet")
    sheet.locator("textarea[name=reason]").fill("身份证")
    expect(sheet.get_by_test_id("submit")).to_be_disabled()  # nothing is to change yet
    sheet.locator("select[name=choice-name]").select_option("change")
    sheet.locator("input[name=name]").fill("孙一帆")
    sheet.locator("select[name=choice-address]").select_option("change")
    for part, text in (("province", "上海市"), ("city", "上海市")):
        sheet.locator(f"input[name={part}]").fill(text)
    expect(sheet.get_by_test_id("submit")).to_be_disabled()  # no street yet
    sheet.locator("input[name=street]").fill("武康路 1 号")
    submit(page, "身份证")
    pending = page.get_by_test_id("profile").get_by_test_id("pending")
    expect(pending).to_contain_text("更正个人信息")
    expect(page.get_by_test_id("field-name")).to_contain_text("钱*")  # nothing has changed
    pending.get_by_role("link").click()
    expect(page.get_by_test_id("difference")).to_contain_text("上海市 上海市 武康路 1 号")
    page.go_back()
    approved(open_page, checker, world, page, "身份证")
    expect(page.get_by_test_id("field-name")).to_contain_text("孙*")
    expect(page.get_by_test_id("pending")).to_have_count(0)


@pytest.mark.requirement("TIER-03", "CON-02")
def test_a_tier_is_set_and_ended_by_two_people(
    open_page: OpenPage, clerk: StorageState, checker: StorageState, people: People, world: World
) -> None:
    page = open_page(f"/console/members/{people.whole}", state=clerk)
    panel = page.get_by_test_id("tier-panel")
    panel.get_by_test_id("set-tier").click()
    page.locator("dialog select[name=tier]").select_option("gold")
    submit(page, "老客户回归")
    expect(panel.get_by_test_id("pending")).to_contain_text("指定等级")
    approved(open_page, checker, world, page, "老客户回归")
    upgrade = panel.get_by_test_id("upgrade")
    expect(upgrade).to_contain_text("人工指定")
    expect(panel.locator(".chip").first).to_contain_text("金牌")
    upgrade.get_by_test_id("end-tier").click()
    submit(page, "发错会员")
    expect(upgrade.get_by_test_id("end-tier")).to_have_count(0)  # it is asked for already
    approved(open_page, checker, world, page, "发错会员")
    expect(panel).to_contain_text("铜牌")
    expect(upgrade).to_have_count(0)


@pytest.mark.requirement("MEM-02", "CON-02")
def test_identities_are_linked_and_taken_off_by_two_people(
    open_page: OpenPage,
    clerk: StorageState,
    checker: StorageState,
    people: People,
    world: World,
    failures: list[str],
) -> None:
    page = open_page(f"/console/members/{people.whole}", state=clerk)
    page.get_by_role("tab", name="身份与合并").click()
    page.get_by_test_id("link").click()
    sheet = page.get_by_test_id("sheet")
    sheet.locator("input[name=phone]").fill("13955550003")
    sheet.locator("textarea[name=reason]").fill("来电")
    sheet.get_by_test_id("submit").click()
    expect(sheet.get_by_test_id("refused")).to_contain_text("属于另一位会员")
    whose = sheet.get_by_test_id("refused").get_by_role("link")
    expect(whose).to_have_attribute("href", f"/console/members/{people.third}")
    assert all("409" in failure for failure in failures)
    failures.clear()
    sheet.locator("input[name=phone]").fill("13955550009")
    submit(page, "新号码")
    approved(open_page, checker, world, page, "新号码")
    page.get_by_role("tab", name="身份与合并").click()
    page.get_by_test_id("identity-row").filter(has_text="商城").get_by_test_id("unlink").click()
    expect(page.get_by_test_id("second-person")).to_be_visible()
    submit(page, "不是本人")
    approved(open_page, checker, world, page, "不是本人")
    page.get_by_role("tab", name="身份与合并").click()
    expect(page.get_by_test_id("identity-row").filter(has_text="商城")).to_have_count(0)
    other = open_page(f"/console/members/{people.other}", state=clerk)
    other.get_by_role("tab", name="身份与合并").click()
    expect(other.get_by_test_id("identity-row")).to_have_count(1)
    expect(other.get_by_test_id("unlink")).to_have_count(0)  # the last one stays


@pytest.mark.requirement("MEM-02")
def test_a_merge_is_previewed_with_what_moves(open_page: OpenPage, clerk: StorageState, people: People) -> None:
    page = open_page(f"/console/members/{people.other}", state=clerk)
    page.get_by_role("tab", name="身份与合并").click()
    page.get_by_test_id("merge").click()
    page.locator("input[name=other]").fill("13955550001")
    page.get_by_test_id("find-other").click()
    page.get_by_test_id("other").locator("input").check()
    coupons = page.get_by_test_id("holding-coupons").locator("td")
    expect(coupons).to_have_text(["2", "0"])
    for kind in ("plans", "benefits", "grants", "orders", "messages"):
        expect(page.get_by_test_id(f"holding-{kind}")).to_be_visible()
    page.locator("select[name=stays]").select_option("this")
    expect(coupons).to_have_text(["0", "2"])
    expect(page.get_by_test_id("stays-behind")).to_contain_text("授权同意")


@pytest.mark.requirement("MEM-06", "MEM-09")
def test_attributes_and_consents_are_shown_as_the_role_may_and_changed(
    open_page: OpenPage, clerk: StorageState, maker: StorageState, people: People
) -> None:
    page = open_page(f"/console/members/{people.third}", state=clerk)
    page.get_by_role("tab", name="资料与来源").click()
    allergy = page.get_by_test_id("attribute-allergy")
    allergy.get_by_test_id("change-attribute").click()
    sheet = page.get_by_test_id("sheet")
    sheet.locator("input[name=value]").fill("花生")
    sheet.locator("textarea[name=reason]").fill("来电告知")
    expect(sheet.get_by_test_id("submit")).to_be_disabled()  # the member has consented to nothing
    sheet.locator("input[name=told]").check()
    sheet.locator("input[name=text_version]").fill("2026-01")
    submit(page, "来电告知")
    expect(allergy).to_contain_text("花生")
    page.get_by_test_id("attribute-pet").get_by_test_id("change-attribute").click()
    page.locator("dialog select[name=value]").select_option("cat")
    submit(page, "来电告知")
    expect(page.get_by_test_id("attribute-pet")).to_contain_text("cat")

    without = open_page(f"/console/members/{people.third}", state=maker)
    without.get_by_role("tab", name="资料与来源").click()
    expect(without.get_by_test_id("attribute-allergy")).to_contain_text("无权查看")
    expect(without.get_by_test_id("attribute-pet")).to_contain_text("cat")
    expect(without.get_by_test_id("change-attribute")).to_have_count(0)
    expect(without.get_by_test_id("withdraw")).to_have_count(0)
    expect(without.get_by_test_id("correct")).to_have_count(0)

    consent = page.get_by_test_id("consent-personalisation")
    expect(consent).to_contain_text("员工记录")
    consent.get_by_test_id("withdraw").click()
    submit(page, "会员来电要求")
    expect(consent).to_contain_text("已撤回")
    expect(allergy).to_contain_text("未填写")  # what was kept by it is gone


@pytest.mark.usefixtures("people")
@pytest.mark.requirement("CON-02", "SEC-04")
def test_an_export_is_asked_for_approved_and_fetched(
    open_page: OpenPage, clerk: StorageState, checker: StorageState, world: World, tmp_path: Path
) -> None:
    page = open_page("/console/members", state=clerk)
    page.get_by_role("textbox").fill("13955550003")
    page.keyboard.press("Enter")
    rows = page.get_by_test_id("results").locator("tbody tr")
    expect(rows).to_have_count(1)
    rows.locator("input[name=chosen]").check()
    page.get_by_test_id("export-chosen").click()
    expect(page.get_by_test_id("second-person")).to_have_count(0)
    submit(page, "核对名单")
    exports = page.get_by_test_id("exports").locator("tbody tr")
    expect(exports.first).to_contain_text("已生成")
    assert fetched(page, exports.first.get_by_test_id("download"), tmp_path)[0] == [
        *("number", "state", "registered_at", "channel"),
    ]

    page.goto("/console/members")
    page.get_by_role("textbox").fill("13955550003")
    page.keyboard.press("Enter")
    expect(rows).to_have_count(1)
    page.locator("input[name=all]").check()
    page.get_by_test_id("export-chosen").click()
    page.locator("dialog input[value=phone]").check()
    expect(page.get_by_test_id("second-person")).to_be_visible()
    submit(page, "回访名单")
    waiting = exports.filter(has_text="回访名单")
    expect(waiting).to_contain_text("待审批")
    expect(waiting.get_by_test_id("download")).to_have_count(0)
    check(page)
    address = waiting.get_by_role("link").get_attribute("href")
    assert address is not None
    theirs = open_page(address, state=checker)
    expect(theirs.get_by_test_id("difference")).to_contain_text("手机号")
    theirs.get_by_test_id("decide").get_by_role("button", name="批准").click()
    theirs.get_by_test_id("sheet").locator("textarea").fill("名单已核对")
    theirs.get_by_test_id("submit").click()
    expect(theirs.get_by_test_id("approval-state")).to_have_text("执行中")
    in_thread(carry_out(world))
    page.reload()
    head, row = fetched(page, waiting.get_by_test_id("download"), tmp_path)
    assert re.fullmatch(r"'?\+8613955550003", row[head.index("phone")])


def fetched(page: Page, link: Locator, folder: Path) -> list[list[str]]:
    with page.expect_download() as download:
        link.click()
    place = folder / download.value.suggested_filename
    download.value.save_as(place)
    return list(csv.reader(place.read_text("utf-8-sig").splitlines()))
