"""Keys of calling systems at the console: made, shown once, rotated, revoked."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import StorageState, expect

from tests.browser.conftest import DESKTOP, PHONE, OpenPage
from tests.browser.test_reading import overflow, violations

pytestmark = pytest.mark.requirement("INT-01")


@pytest.mark.requirement("CON-06")
@pytest.mark.parametrize(
    ("viewport", "locale", "scheme"), [(DESKTOP, "zh-CN", "light"), (PHONE, "en-US", "dark")], ids=["desk", "phone"]
)
def test_a_key_is_made_rotated_and_revoked(
    open_page: OpenPage, checker: StorageState, viewport: dict[str, int], locale: str, scheme: str
) -> None:
    name = f"till of {viewport['width']}" + " and of the shop behind it" * 2
    page = open_page("/console/keys", state=checker, viewport=viewport, locale=locale, scheme=scheme)
    sheet, submit, chip = (page.get_by_test_id(name) for name in ("sheet", "submit", "key-standing"))
    page.get_by_test_id("new-key").click()
    sheet.locator("input[name=name]").fill(name)
    expect(submit).to_be_disabled()
    sheet.locator("input[value='orders:read']").check()
    sheet.locator("textarea[name=addresses]").fill("somewhere")
    assert violations(page) == []
    assert overflow(page) == 0
    sheet.locator("textarea[name=addresses]").fill("203.0.113.0/24\n198.51.100.7")
    sheet.locator("input[name=last_day]").fill("2031-12-31")
    submit.click()
    token = page.get_by_test_id("token")
    expect(token).to_have_value(re.compile(r"^hx_[0-9a-f]{32}_"))
    first = token.input_value()
    page.get_by_test_id("stored").click()

    row = page.get_by_test_id("keys").locator("tbody tr").filter(has_text=name)
    expect(row).to_contain_text("203.0.113.0/24 +1" if viewport is DESKTOP else "orders:read")
    assert violations(page) == []
    assert overflow(page) == 0
    row.get_by_role("link").click()
    expect(page.get_by_test_id("key-facts")).to_contain_text("1 Jan 2032" if locale == "en-US" else "2032年1月1日")
    page.get_by_test_id("key-rotate").click()
    submit.click()
    expect(token).to_be_visible()
    assert token.input_value() != first
    page.get_by_test_id("stored").click()
    expect(page.get_by_test_id("secrets").locator("li")).to_have_count(2)
    expect(chip).to_have_text(re.compile("轮换中|Rotating"))
    assert violations(page) == []
    assert overflow(page) == 0
    page.get_by_test_id("key-finish").click()
    submit.click()
    expect(chip).to_have_text(re.compile("使用中|In use"))
    page.get_by_test_id("key-revoke").click()
    submit.click()
    expect(chip).to_have_text(re.compile("已吊销|Revoked"))
    expect(page.get_by_test_id("key-rotate")).to_have_count(0)
    assert token.count() == 0


def test_a_network_that_is_none_is_refused_in_the_form(
    open_page: OpenPage, checker: StorageState, failures: list[str]
) -> None:
    page = open_page("/console/keys", state=checker)
    page.get_by_test_id("new-key").click()
    sheet = page.get_by_test_id("sheet")
    sheet.locator("input[name=name]").fill("shop")
    sheet.locator("input[value='orders:read']").check()
    sheet.locator("textarea[name=addresses]").fill("somewhere")
    sheet.get_by_test_id("submit").click()
    expect(sheet.get_by_test_id("refused")).to_be_visible()
    sheet.locator("textarea[name=addresses]").fill("")
    expect(sheet.get_by_test_id("refused")).to_have_count(0)
    assert all("422" in failure for failure in failures)
    failures.clear()
