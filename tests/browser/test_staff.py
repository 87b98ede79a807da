"""People at the console, as an administrator sees them: who is let in, where, and ending it."""

from __future__ import annotations

import pytest
from playwright.sync_api import StorageState, expect

from tests.browser.conftest import DESKTOP, PHONE, OpenPage, fill_sign_in
from tests.browser.test_reading import overflow, violations
from tests.browser.world import World

pytestmark = pytest.mark.requirement("CON-01")


@pytest.mark.requirement("CON-06")
@pytest.mark.parametrize(
    ("viewport", "locale", "scheme"), [(DESKTOP, "zh-CN", "light"), (PHONE, "en-US", "dark")], ids=["desk", "phone"]
)
def test_accounts_and_their_sessions_are_legible(
    open_page: OpenPage, checker: StorageState, world: World, viewport: dict[str, int], locale: str, scheme: str
) -> None:
    page = open_page("/console/staff", state=checker, viewport=viewport, locale=locale, scheme=scheme)
    rows = page.get_by_test_id("accounts").locator("tbody tr")
    expect(rows).to_have_count(len(world.accounts))
    assert violations(page) == []
    assert overflow(page) == 0
    rows.get_by_role("link", name="林晓checker").click()
    expect(page.get_by_test_id("sessions").locator("li").first).to_contain_text("Chrome")
    expect(page.get_by_test_id("person-disable")).to_have_count(0)
    assert violations(page) == []
    assert overflow(page) == 0


def test_who_is_disabled_is_out_at_once_and_let_in_again(
    open_page: OpenPage, checker: StorageState, world: World, failures: list[str]
) -> None:
    account = world.accounts["leaver"]
    theirs = open_page("/console/")
    fill_sign_in(theirs, "leaver", account.password, world.code("leaver"))
    expect(theirs.get_by_test_id("account")).to_be_visible()
    page = open_page(f"/console/staff/{account.account.staff_id}", state=checker)
    for action, state in (("disable", "已停用"), ("enable", "正常")):
        page.get_by_test_id(f"person-{action}").click()
        page.get_by_test_id("sheet").locator("textarea").fill("离职交接")
        page.get_by_test_id("submit").click()
        expect(page.get_by_test_id("person-state")).to_have_text(state)
        if action == "disable":
            expect(page.get_by_test_id("left")).to_contain_text("结束了 1 个会话")
            theirs.reload()
            expect(theirs.locator("input[name=username]")).to_be_visible()
    assert all("401" in failure for failure in failures)
    failures.clear()
