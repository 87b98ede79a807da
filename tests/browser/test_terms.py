"""The terms in the member pages: what holds, with its text, for members and for visitors."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, PHONE, OpenPage
from tests.browser.test_reading import overflow, violations
from tests.browser.world import WANG, World


@pytest.mark.requirement("CON-08")
@pytest.mark.parametrize(
    ("viewport", "locale", "scheme"), [(DESKTOP, "zh-CN", "light"), (PHONE, "en-US", "dark")], ids=["desk", "phone"]
)
@pytest.mark.parametrize("signed_in", [True, False], ids=["member", "visitor"])
def test_the_terms_are_read_by_members_and_visitors(
    open_page: OpenPage, world: World, viewport: dict[str, int], locale: str, scheme: str, *, signed_in: bool
) -> None:
    token = f"#token={world.tokens[WANG]}" if signed_in else ""
    page = open_page(f"/m/{token}", viewport=viewport, locale=locale, scheme=scheme)
    page.get_by_test_id("terms-link").click()
    current = page.get_by_test_id("terms-current")
    expect(current).to_contain_text("四、条款变更" if locale == "zh-CN" else "4. Changes")
    expect(current.locator("h3")).to_have_count(6)
    assert violations(page) == []
    assert overflow(page) == 0
