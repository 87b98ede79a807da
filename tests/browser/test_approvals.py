"""Requests that wait for a second person: found, looked at, decided, taken back."""

from __future__ import annotations

from uuid import UUID

import pytest
from playwright.sync_api import Page, StorageState, expect

from tests.browser.approvals import GIFT, RULES, SLIP, TAKEN, ask, carry_out
from tests.browser.conftest import DESKTOP, PHONE, OpenPage, in_thread
from tests.browser.test_reading import overflow, violations
from tests.browser.world import World

pytestmark = pytest.mark.requirement("CON-02")


@pytest.fixture(scope="module")
def asked(world: World) -> dict[str, UUID]:
    return in_thread(ask(world))


def decide(page: Page, button: str, note: str) -> None:
    page.get_by_test_id("decide").get_by_role("button", name=button).click()
    sheet = page.get_by_test_id("sheet")
    expect(sheet.get_by_test_id("submit")).to_be_disabled()
    sheet.locator("textarea").fill(note)
    sheet.get_by_test_id("submit").click()
    expect(sheet).to_have_count(0)


@pytest.mark.requirement("CON-06")
@pytest.mark.parametrize(
    ("viewport", "locale", "scheme"), [(DESKTOP, "zh-CN", "light"), (PHONE, "en-US", "dark")], ids=["desk", "phone"]
)
def test_what_waits_is_counted_listed_and_shown_with_its_difference(
    open_page: OpenPage,
    checker: StorageState,
    asked: dict[str, UUID],
    viewport: dict[str, int],
    locale: str,
    scheme: str,
) -> None:
    page = open_page("/console/approvals", state=checker, viewport=viewport, locale=locale, scheme=scheme)
    rows = page.get_by_test_id("approvals").locator("tbody tr")
    expect(rows).to_have_count(len(asked))
    expect(page.get_by_test_id("waiting")).to_contain_text(str(len(asked)))
    expect(rows.filter(has_text=GIFT)).to_contain_text("+5,000")
    assert violations(page) == []
    assert overflow(page) == 0
    rows.filter(has_text=RULES).get_by_role("link").click()
    changes = page.get_by_test_id("difference").locator("[data-kind]")
    expect(changes).to_have_count(3)
    kinds = [change.get_attribute("data-kind") for change in changes.all()]
    assert kinds == ["changed", "removed", "added"]
    expect(changes.first.locator("del")).to_have_text("¥15.00")
    expect(changes.first.locator("ins")).to_have_text("¥20.00")
    expect(page.get_by_test_id("warnings")).to_contain_text("takes more than a fifth off")
    page.get_by_test_id("decide").get_by_role("button").first.click()
    expect(page.get_by_test_id("sheet").locator("textarea")).to_be_visible()
    assert violations(page) == []
    assert overflow(page) == 0
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("sheet")).to_have_count(0)


def test_a_request_is_approved_and_its_outcome_seen(
    open_page: OpenPage, checker: StorageState, clerk: StorageState, asked: dict[str, UUID], world: World
) -> None:
    page = open_page(f"/console/approvals/{asked[GIFT]}", state=checker)
    before = int(page.get_by_test_id("waiting").inner_text().split()[0])
    decide(page, "批准", "已核实工单")
    expect(page.get_by_test_id("approval-state")).to_have_text("执行中")
    expect(page.get_by_test_id("waiting")).to_contain_text(str(before - 1))
    in_thread(carry_out(world))
    expect(page.get_by_test_id("approval-state")).to_have_text("已执行")
    expect(page.get_by_test_id("facts")).to_contain_text("已核实工单")
    expect(page.get_by_test_id("decide")).to_have_count(0)

    page.goto(f"/console/approvals/{asked[TAKEN]}")
    decide(page, "批准", "同意")
    in_thread(carry_out(world))
    expect(page.get_by_test_id("approval-state")).to_have_text("未执行成功")
    expect(page.get_by_test_id("failed")).to_contain_text("会员现有积分不足")

    mine = open_page("/console/approvals?which=asked&state=done", state=clerk)
    rows = mine.get_by_test_id("approvals").locator("tbody tr")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(GIFT)


def test_who_asked_takes_it_back_and_decides_nothing(
    open_page: OpenPage, clerk: StorageState, checker: StorageState, asked: dict[str, UUID], failures: list[str]
) -> None:
    late = open_page(f"/console/approvals/{asked[SLIP]}", state=checker)
    late.get_by_test_id("decide").get_by_role("button", name="批准").click()
    page = open_page(f"/console/approvals/{asked[SLIP]}", state=clerk)
    expect(page.get_by_test_id("decide").get_by_role("button")).to_have_text(["撤回"])
    decide(page, "撤回", "金额填错")
    expect(page.get_by_test_id("approval-state")).to_have_text("已撤回")

    sheet = late.get_by_test_id("sheet")
    sheet.locator("textarea").fill("同意")
    sheet.get_by_test_id("submit").click()
    expect(sheet.get_by_test_id("refused")).to_contain_text("已有结论")
    late.keyboard.press("Escape")
    expect(late.get_by_test_id("approval-state")).to_have_text("已撤回")
    assert all("409" in failure for failure in failures)
    failures.clear()


def test_what_is_not_there_or_not_open_says_so(
    open_page: OpenPage, clerk: StorageState, asked: dict[str, UUID], failures: list[str]
) -> None:
    page = open_page(f"/console/approvals/{asked[RULES]}", state=clerk)
    expect(page.get_by_test_id("approval-missing")).to_be_visible()
    page.goto("/console/approvals?which=asked&state=expired")
    expect(page.get_by_test_id("nothing")).to_be_visible()
    page.get_by_role("button", name="查看全部").click()
    expect(page.get_by_test_id("approvals")).to_be_visible()
    assert all("404" in failure for failure in failures)
    failures.clear()
    page.goto("/console/keys")
    expect(page.get_by_test_id("closed")).to_be_visible()
    assert page.url.endswith("/console/keys")
