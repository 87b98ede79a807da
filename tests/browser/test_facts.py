"""What comes of a member's orders and visits, on their page of the console."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import StorageState, expect

from tests.browser.conftest import DESKTOP, PHONE, OpenPage
from tests.browser.test_reading import overflow, violations
from tests.browser.world import WANG, World

pytestmark = pytest.mark.requirement("MEM-07")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("viewport", "locale"), [(DESKTOP, "zh-CN"), (PHONE, "en-US")])
def test_staff_see_stage_windows_and_home(
    open_page: OpenPage, clerk: StorageState, world: World, viewport: dict[str, int], locale: str, scheme: str
) -> None:
    path = f"/console/members/{world.member_ids[WANG]}"
    page = open_page(path, state=clerk, viewport=viewport, locale=locale, scheme=scheme)
    panel = page.get_by_test_id("facts-panel")
    expect(panel).to_contain_text("近 90 天消费" if locale == "zh-CN" else "Spent in 90 days")
    expect(panel).to_contain_text("¥")
    expect(panel).not_to_contain_text(re.compile(r"[a-z]\.[a-z]"))  # a code where a name belongs
    expect(page.get_by_test_id("lifecycle")).not_to_be_empty()
    assert violations(page) == []
    assert overflow(page) == 0
