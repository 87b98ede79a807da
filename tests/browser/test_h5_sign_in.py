"""Signing in by phone on the member pages, and the devices that are signed in."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE, OpenPage, in_thread
from tests.browser.door import arrived
from tests.browser.world import World

pytestmark = [pytest.mark.requirement("MEM-01"), pytest.mark.requirement("MEM-03")]


def asked(page: Page, world: World, phone: str) -> str:
    page.get_by_test_id("phone-field").fill(phone)
    page.get_by_test_id("send").click()
    expect(page.get_by_test_id("code-field")).to_be_focused()
    return in_thread(arrived(world, phone))


def signed_in(open_page: OpenPage, world: World, phone: str, path: str = "/m/", **look: Any) -> Page:
    page = open_page(path, **look)
    code = asked(page, world, phone)
    page.get_by_test_id("code-field").fill(code)
    page.get_by_role("navigation").wait_for()
    return page


def test_a_newcomer_is_in_by_phone_and_code_and_stays_in(open_page: OpenPage, world: World) -> None:
    page = signed_in(open_page, world, "13811110001", "/m/points", viewport=PHONE)
    assert page.url.endswith("/m/points")  # where they wanted to go
    page.reload()
    page.get_by_role("link", name="会员卡").click()
    expect(page.get_by_test_id("card-points")).to_be_visible()
    assert page.evaluate("sessionStorage.getItem('huixiang.token')") is None
    page.get_by_role("link", name="我的").click()
    page.get_by_test_id("to-devices").click()
    expect(page.get_by_test_id("device")).to_have_count(1)
    expect(page.get_by_test_id("device")).to_contain_text("本机")
    out = page.get_by_test_id("device").get_by_role("button")
    out.click()
    expect(out).to_have_text("确认退出？")
    out.click()
    expect(page.get_by_test_id("sign-in")).to_be_visible()
    page.reload()
    expect(page.get_by_test_id("phone-field")).to_be_visible()
    assert page.evaluate("localStorage.getItem('huixiang.session')") is None


def test_a_wrong_code_is_said_and_typed_anew(open_page: OpenPage, world: World, failures: list[str]) -> None:
    page = open_page("/m/", viewport=PHONE)
    code = asked(page, world, "13811110002")
    expect(page.get_by_test_id("again")).to_be_disabled()
    expect(page.get_by_test_id("again")).to_have_text(re.compile(r"[1-6]?\d 秒后可重新获取"))
    page.get_by_test_id("code-field").fill(f"{(int(code) + 1) % 10**6:06d}")
    expect(page.get_by_test_id("problem")).to_have_text("验证码不正确，请重新输入。")
    expect(page.get_by_test_id("code-field")).to_have_value("")
    page.get_by_test_id("code-field").fill(code)
    expect(page.get_by_role("navigation")).to_be_visible()
    failures.clear()


def test_what_is_no_phone_and_what_is_too_often_is_said(open_page: OpenPage, world: World, failures: list[str]) -> None:
    page = open_page("/m/", viewport=PHONE, locale="en-US")
    page.get_by_test_id("phone-field").fill("12")
    page.get_by_test_id("send").click()
    expect(page.get_by_test_id("problem")).to_have_text("This is no phone number.")
    asked(page, world, "13811110003")
    page.get_by_test_id("other-number").click()
    page.get_by_test_id("send").click()
    expect(page.get_by_test_id("problem")).to_have_text(re.compile(r"Too often\. Please try again in [01]:\d\d\."))
    failures.clear()


def test_without_a_network_it_says_so(open_page: OpenPage, failures: list[str]) -> None:
    page = open_page("/m/", viewport=PHONE)
    page.get_by_test_id("phone-field").fill("13811110004")
    page.context.set_offline(True)
    page.get_by_test_id("send").click()
    expect(page.get_by_test_id("problem")).to_have_text("网络不可用，请检查后重试。")
    page.context.set_offline(False)
    page.get_by_test_id("send").click()
    expect(page.get_by_test_id("code-field")).to_be_visible()
    failures.clear()


def test_an_access_token_that_ran_out_is_renewed_unseen(open_page: OpenPage, world: World, failures: list[str]) -> None:
    page = signed_in(open_page, world, "13811110005", viewport=PHONE)
    before = page.evaluate("JSON.parse(localStorage.getItem('huixiang.session'))")
    page.evaluate(
        """() => {
          const kept = JSON.parse(localStorage.getItem('huixiang.session'))
          localStorage.setItem('huixiang.session', JSON.stringify({...kept, access_token: kept.access_token + 'x'}))
        }"""
    )
    page.reload()
    expect(page.get_by_test_id("card-points")).to_be_visible()
    after = page.evaluate("JSON.parse(localStorage.getItem('huixiang.session'))")
    assert after["refresh_token"] != before["refresh_token"]
    assert all("401" in failure for failure in failures)
    failures.clear()


def test_signing_out_everywhere_ends_the_other_device_too(
    open_page: OpenPage, world: World, failures: list[str]
) -> None:
    phone = signed_in(open_page, world, "13811110006", viewport=PHONE)
    desk = signed_in(open_page, world, "13811110006", "/m/devices", viewport=DESKTOP, locale="en-US")
    expect(desk.get_by_test_id("device")).to_have_count(2)
    everywhere = desk.get_by_test_id("everywhere")
    everywhere.click()
    everywhere.click()
    expect(desk.get_by_test_id("sign-in")).to_be_visible()
    phone.wait_for_timeout(5_100)  # so long an access token is let in yet
    phone.reload()
    expect(phone.get_by_test_id("expired")).to_be_visible()
    failures.clear()
