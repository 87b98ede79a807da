"""One's own account at the console: sessions, passkeys by Chromium's virtual authenticator, the password; and what an
administrator is shown of somebody's new second factor."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from huixiang.kernel.clock import SystemClock
from huixiang.staff import service as staff
from huixiang.staff.model import NewAccount, Role
from tests.browser.approvals import carry_out
from tests.browser.conftest import DESKTOP, PHONE, OpenPage, fill_sign_in, in_thread
from tests.browser.test_reading import overflow, violations
from tests.browser.world import World, opened

pytestmark = pytest.mark.requirement("CON-01")

CHOSEN, NEXT = "tofu-and-spring-onions", "lotus-root-in-winter"
START_SECONDS = 90
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


async def employed(world: World, username: str, role: Role) -> NewAccount:
    async with opened(world.settings) as db, db.transaction() as tx:
        return await staff.add_account(tx, username, f"林晓{username}", role, by="cli")


@pytest.fixture(scope="module")
def site(world: World) -> Iterator[str]:
    """The same installation, served to a browser that reaches it by a name: passkeys are for a domain."""
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://localhost:{listener.getsockname()[1]}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUIXIANG_")}
    environment |= world.settings.as_environment() | {"HUIXIANG_CONSOLE_ORIGIN": address}
    command = ["-m", "uvicorn", "--factory", "huixiang.entry.http:create_app", "--log-level", "warning"]
    log = Path(world.settings.home) / "site.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, *command, "--fd", str(listener.fileno())],
            env=environment,
            pass_fds=[listener.fileno()],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    listener.close()
    try:
        begun = time.monotonic()
        while not answers(address):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() - begun < START_SECONDS, log.read_text()
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=20)


def answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=5):  # noqa: S310 - our own address
            return True
    except OSError:
        return False


def code_of(made: NewAccount) -> str:
    return staff.current_code(made.totp_secret, SystemClock().now())


def settled(page: Page, made: NewAccount) -> None:
    """Their first sign-in, at which they choose a password."""
    fill_sign_in(page, made.account.username, made.password, code_of(made))
    page.wait_for_url(re.compile(r"/console/first-password$"))
    for name in ("password", "again"):
        page.fill(f"input[name={name}]", CHOSEN)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("account")).to_be_visible()


def with_device(page: Page) -> None:
    """An authenticator in the browser that knows its owner, as a laptop has."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})


def check(page: Page) -> None:
    assert violations(page) == []
    assert overflow(page) == 0


def test_a_passkey_is_made_and_signs_in_and_is_proof_of_who_removes_it(
    open_page: OpenPage, world: World, site: str, failures: list[str]
) -> None:
    made = in_thread(employed(world, "keyholder", Role.CUSTOMER_SERVICE))
    page = open_page(f"{site}/console/account")
    with_device(page)
    settled(page, made)
    page.get_by_test_id("own-account").click()
    expect(page.get_by_test_id("no-passkeys")).to_be_visible()
    page.get_by_test_id("add-passkey").click()
    page.fill("input[name=passkey_name]", "收银台的电脑")
    page.get_by_test_id("submit").click()
    kept = page.get_by_test_id("passkey")
    expect(kept).to_contain_text("收银台的电脑")
    expect(kept).to_contain_text("还没有用过")
    kept.get_by_test_id("rename-passkey").click()
    page.fill("input[name=passkey_name]", "前台")
    page.get_by_test_id("submit").click()
    expect(kept).to_contain_text("前台")

    page.get_by_test_id("sign-out").click()
    page.get_by_test_id("by-passkey").click()
    expect(page.get_by_test_id("account")).to_have_text("林晓keyholder")
    page.get_by_test_id("own-account").click()
    expect(kept).not_to_contain_text("还没有用过")
    expect(page.get_by_test_id("session-here")).to_contain_text("通行密钥")

    # Nothing but a passkey was shown in this session: the password is asked for, and a second factor.
    kept.get_by_test_id("remove-passkey").click()
    page.get_by_test_id("submit").click()
    proof = page.get_by_test_id("proof")
    proof.locator("input[name=password]").fill("not-the-password")
    page.get_by_test_id("prove-by-passkey").click()
    expect(proof.get_by_test_id("refused")).to_contain_text("不正确")
    check(page)
    proof.locator("input[name=password]").fill(CHOSEN)
    page.get_by_test_id("prove-by-passkey").click()
    expect(page.get_by_test_id("no-passkeys")).to_be_visible()
    assert {re.sub(r".*status of (\d+).*", r"\1", failure) for failure in failures} == {"401", "403"}
    failures.clear()

    page.get_by_test_id("sign-out").click()
    page.get_by_test_id("by-passkey").click()
    expect(page.get_by_test_id("sign-in-failure")).to_be_visible()
    failures.clear()


def test_sessions_are_ended_one_by_one_and_a_new_password_ends_the_others(
    open_page: OpenPage, world: World, site: str, chromium: Browser, failures: list[str]
) -> None:
    made = in_thread(employed(world, "roamer", Role.ANALYST))
    page = open_page(f"{site}/console/account")
    settled(page, made)
    with_device(page)
    page.goto(f"{site}/console/account")
    page.get_by_test_id("add-passkey").click()
    page.get_by_test_id("submit").click()
    expect(page.get_by_test_id("passkey")).to_have_count(1)
    here = page.context.storage_state()
    for _ in range(3):  # each leaves a session behind, whose cookie the next one takes the place of
        page.context.clear_cookies()
        page.goto(f"{site}/console/sign-in")
        page.get_by_test_id("by-passkey").click()
        expect(page.get_by_test_id("account")).to_be_visible()
    left = page.context.storage_state()
    page.context.clear_cookies()
    page.context.add_cookies(here["cookies"])  # type: ignore[arg-type]
    page.goto(f"{site}/console/account")
    others = page.get_by_test_id("session-other")
    expect(others).to_have_count(3)
    expect(page.get_by_test_id("session-here")).to_contain_text("本次登录")
    others.first.get_by_test_id("end-own").click()
    page.get_by_test_id("submit").click()
    expect(others).to_have_count(2)

    page.get_by_test_id("change-password").click()
    sheet = page.get_by_test_id("sheet")
    sheet.locator("input[name=new_password]").fill(NEXT)
    sheet.locator("input[name=password_again]").fill(f"{NEXT}!")
    expect(sheet).to_contain_text("两次输入不一致")
    expect(sheet.get_by_test_id("submit")).to_be_disabled()
    sheet.locator("input[name=password_again]").fill(NEXT)
    sheet.get_by_test_id("submit").click()
    expect(page.get_by_test_id("password-changed")).to_contain_text("结束了 2 个其他会话")
    expect(others).to_have_count(0)
    failures.clear()
    with chromium.new_context(base_url=site, storage_state=left) as context:
        theirs = context.new_page()
        theirs.goto("/console/account")
        expect(theirs.locator("input[name=username]")).to_be_visible()

    page.get_by_test_id("session-here").get_by_test_id("end-own").click()
    page.get_by_test_id("submit").click()
    expect(page.locator("input[name=username]")).to_be_visible()
    failures.clear()


@pytest.mark.requirement("CON-06")
@pytest.mark.parametrize(
    ("viewport", "locale", "scheme"),
    [(DESKTOP, "zh-CN", "light"), (PHONE, "en-US", "dark"), (PHONE, "zh-CN", "light"), (DESKTOP, "en-US", "dark")],
)
def test_ones_account_can_be_read(
    open_page: OpenPage, maker: StorageState, viewport: dict[str, int], locale: str, scheme: str
) -> None:
    page = open_page("/console/account", state=maker, viewport=viewport, locale=locale, scheme=scheme)
    expect(page.get_by_test_id("session-here")).to_be_visible()
    expect(page.get_by_test_id("no-passkeys-here")).to_be_visible()  # this one is reached by an address, not a domain
    check(page)
    page.get_by_test_id("change-password").click()
    check(page)


@pytest.mark.requirement("CON-02")
def test_who_asked_for_a_reset_is_shown_the_new_secret_once(
    open_page: OpenPage, world: World, site: str, checker: StorageState, failures: list[str]
) -> None:
    loser = in_thread(employed(world, "loser", Role.ANALYST))
    second = in_thread(employed(world, "second", Role.ADMIN))
    page = open_page(f"/console/staff/{loser.account.staff_id}", state=checker)
    page.get_by_test_id("person-reset").click()
    page.get_by_test_id("sheet").locator("textarea").fill("手机丢失")
    page.get_by_test_id("submit").click()
    expect(page.get_by_test_id("approval-state")).to_have_text("待审批")
    expect(page.get_by_test_id("totp")).to_have_count(0)
    path = re.sub(r"^\w+://[^/]+", "", page.url)

    theirs = open_page(f"{site}{path}")
    settled(theirs, second)
    theirs.goto(f"{site}{path}")
    theirs.get_by_test_id("decide").get_by_role("button", name="批准").click()
    theirs.get_by_test_id("sheet").locator("textarea").fill("当面核实")
    theirs.get_by_test_id("submit").click()
    expect(theirs.get_by_test_id("approval-state")).to_have_text("执行中")
    in_thread(carry_out(world))
    expect(theirs.get_by_test_id("approval-state")).to_have_text("已执行")
    expect(theirs.get_by_test_id("totp")).to_have_count(0)  # they only approved it

    page.reload()
    page.get_by_test_id("show-totp").click()
    expect(page.get_by_test_id("totp").get_by_role("img")).to_be_visible()
    secret = page.get_by_test_id("totp-secret").inner_text().replace(" ", "")
    check(page)
    page.reload()
    page.get_by_test_id("show-totp").click()
    expect(page.get_by_test_id("totp").get_by_test_id("refused")).to_be_visible()

    found = open_page(f"{site}/console/sign-in")
    fill_sign_in(found, "loser", loser.password, pyotp.TOTP(secret).at(SystemClock().now()))
    expect(found).to_have_url(re.compile(r"/console/first-password$"))
    failures.clear()
