"""Somebody's first sign-in: nothing opens before they chose a password of their own."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from huixiang.kernel.clock import SystemClock
from huixiang.staff import service as staff
from huixiang.staff.model import NewAccount, Role
from tests.browser.conftest import PHONE, OpenPage, fill_sign_in, in_thread
from tests.browser.world import World, opened

GOOD = "tofu-and-spring-onions"


async def employed(world: World) -> NewAccount:
    async with opened(world.settings) as db, db.transaction() as tx:
        return await staff.add_account(tx, "fresh", "方新", Role.CUSTOMER_SERVICE, by="cli")


@pytest.mark.requirement("CON-01")
def test_a_first_password_is_changed_before_anything_else(
    open_page: OpenPage, world: World, failures: list[str]
) -> None:
    made = in_thread(employed(world))
    page = open_page("/console/members", viewport=PHONE)
    fill_sign_in(page, "fresh", made.password, staff.current_code(made.totp_secret, SystemClock().now()))
    expect(page).to_have_url(re.compile(r"/console/first-password$"))
    expect(page.get_by_role("heading", name="设置您的密码")).to_be_visible()
    page.goto("/console/members")
    expect(page).to_have_url(re.compile(r"/console/first-password$"))

    save = page.get_by_role("button", name="保存并继续")
    for password, again, said in (
        ("short", "short", "请输入至少 12 个字符"),
        (GOOD, "another", "两次输入的密码不一致"),
    ):
        page.fill("input[name=password]", password)
        page.fill("input[name=again]", again)
        save.click()
        expect(page.get_by_text(said)).to_be_visible()
    page.fill("input[name=password]", "password1234")
    page.fill("input[name=again]", "password1234")
    save.click()
    expect(page.get_by_test_id("first-password-failure")).to_contain_text("该密码容易被猜到")
    page.fill("input[name=password]", GOOD)
    page.fill("input[name=again]", GOOD)
    save.click()
    expect(page).to_have_url(re.compile(r"/console/members$"))
    page.goto("/console/first-password")
    expect(page).to_have_url(re.compile(r"/console/members$"))
    assert {re.sub(r".*status of (\d+).*", r"\1", failure) for failure in failures} == {"401", "422"}
    failures.clear()
