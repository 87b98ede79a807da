"""The code on the member's card, and the digits to read out, on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from huixiang.members import service as members
from tests.browser.conftest import PHONE, OpenPage, in_thread
from tests.browser.world import WANG, World, opened

pytestmark = pytest.mark.requirement("MEM-04")

MODULE_PX = 5  # of the picture; a phone has two or three pixels of its own for each


def card(world: World) -> str:
    return f"/m/#token={world.tokens[WANG]}"


def given(page: Page, act: Callable[[], object]) -> str:
    """The code that the page is given when something happens."""
    with page.expect_response(lambda answer: answer.url.endswith("/me/code")) as answer:
        act()
    code = str(answer.value.json()["code"])
    expect(page.get_by_test_id("code")).to_be_visible()
    return code


async def whose(world: World, code: str) -> str:
    async with opened(world.settings) as db, db.transaction(read_only=True) as tx:
        return str((await members.look_up_by_code(tx, code)).member_id)


def test_the_card_shows_a_code_that_a_till_reads(open_page: OpenPage, world: World) -> None:
    page = open_page("/healthz", viewport=PHONE)
    code = given(page, lambda: page.goto(card(world)))
    assert in_thread(whose(world, code)) == str(world.member_ids[WANG])
    picture = page.get_by_role("img", name="会员动态码")
    expect(picture).to_have_attribute("viewBox", "0 0 45 45")  # version 5, and its quiet zone
    box = picture.bounding_box()
    assert box is not None
    assert box["width"] / 45 >= MODULE_PX
    expect(picture).to_have_css("background-color", "rgb(255, 255, 255)")


def test_the_code_renews_itself_before_it_ends(open_page: OpenPage, world: World) -> None:
    page = open_page("/healthz", viewport=PHONE)
    page.clock.install()
    first = given(page, lambda: page.goto(card(world)))
    drawn = page.get_by_test_id("code").locator("path")
    picture = drawn.get_attribute("d") or ""
    page.wait_for_timeout(1100)  # the server's own clock: each second has a code of its own
    assert given(page, lambda: page.clock.run_for(41_000)) != first
    expect(drawn).not_to_have_attribute("d", picture)


def test_a_code_that_has_run_out_is_not_shown(open_page: OpenPage, world: World, failures: list[str]) -> None:
    page = open_page("/healthz", viewport=PHONE, locale="en-US", scheme="dark")
    page.clock.install()
    given(page, lambda: page.goto(card(world)))
    page.context.set_offline(True)
    page.clock.run_for(50_000)
    expect(page.get_by_test_id("code")).to_be_visible()
    page.clock.run_for(20_000)
    expect(page.get_by_test_id("code")).to_have_count(0)
    expect(page.get_by_test_id("code-failure")).to_contain_text("This code has run out")
    expect(page.get_by_test_id("code-failure")).to_contain_text("The server cannot be reached")
    page.context.set_offline(False)
    page.get_by_test_id("code-failure").get_by_role("button", name="Try again").click()
    expect(page.get_by_test_id("code")).to_be_visible()
    failures.clear()


@pytest.mark.requirement("PTS-22")
def test_digits_to_read_out_are_asked_for_and_run_out(open_page: OpenPage, world: World) -> None:
    page = open_page("/healthz", viewport=PHONE, locale="en-US")
    page.clock.install()
    page.goto(card(world))
    page.get_by_test_id("ask-one-time").click()
    code = page.get_by_test_id("one-time-code")
    expect(code).to_have_text(re.compile(r"^\d{3} \d{3}$"))
    expect(page.get_by_text("They are good once")).to_contain_text("5:00")
    page.clock.run_for(301_000)
    expect(code).to_have_count(0)
    expect(page.get_by_text("These digits have run out.")).to_be_visible()
    page.get_by_role("button", name="Another code").click()
    expect(code).to_be_visible()
