"""Every page in both languages, light and dark, on a phone and on a desk: legible to everybody, nothing cut off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, StorageState, expect

from tests.browser.conftest import DESKTOP, PHONE, OpenPage
from tests.browser.world import WANG, World

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOOKS = [("zh-CN", "light"), ("en-US", "dark")]  # neither changes what the other does
SIZES = [pytest.param(PHONE, id="phone"), pytest.param(DESKTOP, id="desk")]


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 AA. The driver hands the script over: the page's policy would refuse it."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("(tags) => axe.run(document, {runOnly: tags})", WCAG)
    assert found["passes"], "axe did not run"
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


def overflow(page: Page) -> int:
    """Pixels by which the page is wider than its window."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.requirement("CON-06")
@pytest.mark.parametrize("viewport", SIZES)
@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
@pytest.mark.parametrize("place", ["/console/", "/console/members", "/console/members/{wang}"])
def test_the_console_is_legible(
    open_page: OpenPage,
    maker: StorageState,
    world: World,
    place: str,
    locale: str,
    scheme: str,
    viewport: dict[str, int],
) -> None:
    path = place.format(wang=world.member_ids[WANG])
    page = open_page(path, state=maker, viewport=viewport, locale=locale, scheme=scheme)
    ready = {"/console/": "trend", "/console/members": "results"}.get(place, "statement")
    expect(page.get_by_test_id(ready)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert violations(page) == []
    assert overflow(page) == 0


@pytest.mark.requirement("CON-06")
@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
def test_the_sign_in_is_legible(open_page: OpenPage, locale: str, scheme: str, failures: list[str]) -> None:
    page = open_page("/console/sign-in", viewport=PHONE, locale=locale, scheme=scheme)
    expect(page.locator("input[name=username]")).to_be_focused()
    assert violations(page) == []
    assert overflow(page) == 0
    assert failures == []


@pytest.mark.requirement("H5-01")
@pytest.mark.parametrize(("locale", "scheme"), LOOKS)
@pytest.mark.parametrize(("place", "ready"), [("/m/", "card"), ("/m/points", "statement"), ("/m/tier", "growth")])
def test_the_member_pages_are_legible(
    open_page: OpenPage, world: World, place: str, ready: str, locale: str, scheme: str
) -> None:
    page = open_page(f"{place}#token={world.tokens[WANG]}", viewport=PHONE, locale=locale, scheme=scheme)
    expect(page.get_by_test_id(ready)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert violations(page) == []
    assert overflow(page) == 0


@pytest.mark.requirement("CON-06")
def test_each_place_has_a_title_of_its_own(open_page: OpenPage, maker: StorageState, world: World) -> None:
    page = open_page("/console/", state=maker)
    expect(page).to_have_title("概览 · 惠象控制台")
    page.get_by_role("link", name="会员", exact=True).click()
    expect(page).to_have_title("会员 · 惠象控制台")
    page.get_by_test_id("locale").click()
    expect(page).to_have_title("Members · Huixiang console")
    expect(open_page(f"/m/tier#token={world.tokens[WANG]}", viewport=PHONE)).to_have_title("等级 · 惠象会员")


@pytest.mark.requirement("CON-06")
def test_language_and_theme_are_kept(open_page: OpenPage, maker: StorageState) -> None:
    page = open_page("/console/", state=maker)
    expect(page.get_by_role("heading", name="经营概览")).to_be_visible()
    page.get_by_test_id("locale").click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    page.get_by_test_id("theme").click()
    assert page.evaluate("document.documentElement.className") == "dark"
    page.reload()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    assert page.evaluate("[document.documentElement.lang, document.documentElement.className]") == ["en", "dark"]


@pytest.mark.requirement("CON-06")
def test_the_console_is_worked_by_keyboard_alone(open_page: OpenPage, maker: StorageState) -> None:
    page = open_page("/console/", state=maker, locale="en-US")
    expect(page.get_by_test_id("overview")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Members")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("input[name=query]")).to_be_focused()
    page.keyboard.type(WANG)
    page.keyboard.press("Enter")
    link = page.get_by_test_id("results").get_by_role("link")
    expect(link).to_have_count(1)
    for _ in range(6):
        page.keyboard.press("Tab")
        if link.evaluate("element => element === document.activeElement"):
            break
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("card")).to_be_visible()
