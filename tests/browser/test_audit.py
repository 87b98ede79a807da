"""The audit log at the console: narrowed, looked into, and its chain as it was verified."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import StorageState, expect

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock, SystemClock
from huixiang.platform.db import Database
from huixiang.staff import service as staff
from huixiang.staff.model import AuditEntry
from tests.browser.conftest import DESKTOP, PHONE, OpenPage, in_thread
from tests.browser.test_reading import overflow, violations
from tests.browser.world import World

pytestmark = pytest.mark.requirement("CON-03")
LONG = "门店反馈系统显示有误，" * 16


@pytest.fixture(scope="module", autouse=True)
def recorded(world: World) -> None:
    """Something of two days ago, whose day is closed by a signed root, and more than a page of today."""

    async def record() -> None:
        clock = SettableClock(SystemClock().now() - timedelta(days=2))
        calendar = BusinessCalendar(world.settings.time_zone)
        db = await Database.open(str(world.settings.database_url), calendar=calendar, clock=clock)
        by = f"staff:{world.accounts['maker'].account.staff_id}"
        entry = AuditEntry(
            actor=by,
            action="rule.switched_off",
            subject="rule:promotions/default",
            before={"off": []},
            after={"off": ["p1"]},
            reason=LONG,
        )
        async with db.transaction() as tx:
            await staff.record(tx, entry)
        clock.advance(timedelta(days=2))
        async with db.transaction() as tx:
            assert await staff.close_audit_day(tx)
        for n in range(25):
            async with db.transaction() as tx:
                await staff.record(tx, AuditEntry(actor="cli", action="staff.limited", subject=f"staff:{n}"))
        await db.close()

    in_thread(record())


@pytest.mark.requirement("CON-06")
@pytest.mark.parametrize(
    ("viewport", "locale", "scheme"), [(DESKTOP, "zh-CN", "light"), (PHONE, "en-US", "dark")], ids=["desk", "phone"]
)
def test_the_log_is_narrowed_and_an_entry_shows_its_chain(
    open_page: OpenPage, checker: StorageState, viewport: dict[str, int], locale: str, scheme: str
) -> None:
    page = open_page("/console/audit", state=checker, viewport=viewport, locale=locale, scheme=scheme)
    rows = page.get_by_test_id("entries").locator("tbody tr")
    expect(rows).to_have_count(20)
    expect(page.get_by_test_id("root").locator("code")).to_be_visible()
    assert violations(page) == []
    assert overflow(page) == 0
    page.get_by_test_id("more").click()
    expect(rows).not_to_have_count(20)
    page.get_by_test_id("filter-action").select_option("rule.switched_off")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("林晓maker")
    rows.get_by_role("link").click()
    expect(page.get_by_test_id("chain-state")).to_have_text("已封存" if locale == "zh-CN" else "Sealed")
    expect(page.get_by_test_id("difference").locator("ins")).to_contain_text("p1")
    assert violations(page) == []
    assert overflow(page) == 0
    page.go_back()
    expect(page.get_by_test_id("filter-action")).to_have_value("rule.switched_off")
    expect(rows).to_have_count(1)
    page.get_by_test_id("filter-to").fill("2020-01-01")
    expect(page.get_by_test_id("nothing")).to_be_visible()


def test_what_happened_to_one_object_is_one_click_away(open_page: OpenPage, checker: StorageState) -> None:
    page = open_page("/console/audit?action=staff.limited", state=checker)
    rows = page.get_by_test_id("entries").locator("tbody tr")
    rows.first.get_by_role("link").click()
    expect(page.get_by_test_id("chain-state")).to_have_text("未封存")
    page.get_by_role("link", name="该对象的全部记录").click()
    expect(rows).to_have_count(1)
    page.get_by_test_id("subject").click()
    expect(rows).to_have_count(20)
