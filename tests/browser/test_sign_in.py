"""The way into the console and out of it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import StorageState, expect

from tests.browser.conftest import PHONE, OpenPage, fill_sign_in
from tests.browser.world import World


@pytest.mark.requirement("CON-01")
def test_a_user_comes_in_where_they_were_going_and_goes_out_again(
    open_page: OpenPage, world: World, failures: list[str]
) -> None:
    page = open_page("/console/members")
    expect(page).to_have_url(re.compile(r"/console/sign-in\?next=/members$"))
    account = world.accounts["visitor"]

    fill_sign_in(page, "visitor", "wrong", "000000")
    expect(page.get_by_test_id("sign-in-failure")).to_have_text("用户名、密码或验证码不正确。")
    expect(page.locator("input[name=code]")).to_have_value("")

    fill_sign_in(page, "visitor", account.password, world.code("visitor"))
    expect(page).to_have_url(re.compile(r"/console/members$"))
    expect(page.get_by_test_id("account")).to_have_text(account.account.display_name)

    page.get_by_test_id("sign-out").click()
    expect(page).to_have_url(re.compile(r"/console/sign-in$"))
    page.goto("/console/")
    expect(page).to_have_url(re.compile(r"/console/sign-in$"))
    assert {re.sub(r".*status of (\d+).*", r"\1", failure) for failure in failures} == {"401"}
    failures.clear()


def test_what_is_missing_is_said_before_anything_is_sent(open_page: OpenPage, failures: list[str]) -> None:
    page = open_page("/console/sign-in", viewport=PHONE, locale="en-US")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.fill("input[name=code]", "12")
    page.get_by_role("button", name="Sign in").click()
    for said in ("Enter your username", "Enter your password", "Enter the six digits"):
        expect(page.get_by_text(said)).to_be_visible()
    assert "POST" not in sent
    assert failures == []


def test_a_session_that_has_ended_leads_back_to_the_sign_in(
    open_page: OpenPage, maker: StorageState, failures: list[str]
) -> None:
    page = open_page("/console/", state=maker)
    expect(page.get_by_test_id("overview")).to_be_visible()
    page.context.clear_cookies()
    page.get_by_role("link", name="会员", exact=True).click()
    expect(page.get_by_text("登录已过期")).to_be_visible()
    expect(page).to_have_url(re.compile(r"next=/members"))
    assert all("401" in failure for failure in failures)
    failures.clear()


@pytest.mark.requirement("CON-01")
def test_a_user_sees_the_places_of_their_role_alone(open_page: OpenPage, clerk: StorageState) -> None:
    page = open_page("/console/", state=clerk)
    expect(page).to_have_url(re.compile(r"/console/members$"))
    expect(page.get_by_role("link", name="会员", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="概览")).to_have_count(0)


def test_a_place_that_is_not_there_says_so(open_page: OpenPage, maker: StorageState) -> None:
    page = open_page("/console/nothing/here", state=maker)
    expect(page.get_by_role("heading", name="没有这个页面")).to_be_visible()
