"""The ways in beside the phone, really gone: to the identity provider's own page and back, and by a passkey."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import DESKTOP, PHONE, OpenPage, in_thread
from tests.browser.door import Sandbox, arrived, door
from tests.browser.test_reading import overflow, violations
from tests.browser.world import World
from tests.support.server import ServerInfo

pytestmark = [pytest.mark.requirement("MEM-01"), pytest.mark.requirement("MEM-03")]

LOOKS = [("zh-CN", "light", PHONE), ("en-US", "dark", PHONE), ("en-US", "light", DESKTOP), ("zh-CN", "dark", DESKTOP)]
UNDONE = "您没有完成授权，可以重试或使用手机号登录。"
REFUSED = "授权没有完成，请重试或使用手机号登录。"


@pytest.fixture(scope="module")
def made(server: ServerInfo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Sandbox]]:
    with door(server, tmp_path_factory.mktemp("door"), "browser_ways_in", in_thread) as both:
        yield both


@pytest.fixture(scope="module")
def world(made: tuple[World, Sandbox]) -> World:
    return made[0]


@pytest.fixture(scope="module")
def provider(made: tuple[World, Sandbox]) -> Sandbox:
    return made[1]


def to(page: Page, way: str, provider: Sandbox, title: str) -> None:
    """Away to the provider's page, which says whose it is."""
    page.get_by_test_id(f"by-{way}").click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    assert page.url.startswith(provider.url)


def by_wechat(page: Page, provider: Sandbox, person: str) -> None:
    to(page, "wechat", provider, "微信登录")
    page.get_by_role("link", name=person).click()
    page.wait_for_url(re.compile("/m/"))


def by_alipay(page: Page, provider: Sandbox, person: str) -> None:
    to(page, "alipay", provider, "支付宝授权")
    page.get_by_role("link", name=person).click()
    page.wait_for_url(re.compile("/m/"))


def by_phone(page: Page, world: World, phone: str) -> None:
    page.get_by_test_id("phone-field").fill(phone)
    page.get_by_test_id("send").click()
    expect(page.get_by_test_id("code-field")).to_be_focused()
    page.get_by_test_id("code-field").fill(in_thread(arrived(world, phone)))
    is_in(page)


def is_in(page: Page) -> None:
    expect(page.get_by_role("navigation").last).to_be_visible()
    expect(page.get_by_test_id("sign-in")).to_have_count(0)


def sign_out(page: Page) -> None:
    button = page.get_by_test_id("sign-out")
    button.click()
    button.click()
    expect(page.get_by_test_id("sign-in")).to_be_visible()


def number(page: Page) -> str:
    page.goto("/m/")
    return page.get_by_test_id("card-number").text_content() or ""


def test_a_newcomer_joins_by_wechat_alone_and_comes_back_by_it(
    open_page: OpenPage, world: World, provider: Sandbox
) -> None:
    page = open_page("/m/points", viewport=PHONE)
    by_wechat(page, provider, "王小明")
    expect(page.get_by_role("heading", name="绑定手机号")).to_be_visible()
    assert page.url == f"{world.address}/m/sign-in", "what the provider told is out of the address bar"
    page.get_by_test_id("alone").click()
    is_in(page)
    assert page.url.endswith("/m/points"), "where they wanted to go"
    mine = number(page)
    page.goto("/m/devices")
    expect(page.get_by_test_id("device")).to_contain_text("微信")
    sign_out(page)
    by_wechat(page, provider, "王小明")
    is_in(page)
    assert number(page) == mine
    page.go_back()
    page.go_back()
    assert page.get_by_test_id("problem").count() == 0, "going back answers nothing a second time"


def test_alipay_and_a_phone_lead_to_the_same_card(open_page: OpenPage, world: World, provider: Sandbox) -> None:
    page = open_page("/m/", viewport=PHONE)
    by_alipay(page, provider, "李小红")
    expect(page.get_by_role("heading", name="绑定手机号")).to_be_visible()
    by_phone(page, world, "13822220001")
    mine = number(page)
    sign_out(page)
    by_phone(page, world, "13822220001")
    assert number(page) == mine
    sign_out(page)
    by_alipay(page, provider, "李小红")
    is_in(page)
    assert number(page) == mine


def test_who_agrees_to_nothing_is_told_so_and_may_try_again(open_page: OpenPage, provider: Sandbox) -> None:
    page = open_page("/m/", viewport=PHONE)
    for go in (by_wechat, by_alipay):
        go(page, provider, "取消")
        expect(page.get_by_test_id("problem")).to_have_text(UNDONE)
        assert "state=" not in page.url
    by_wechat(page, provider, "张大山")
    expect(page.get_by_test_id("alone")).to_be_visible()


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "double", "at": "token"},  # the answer came twice: by then the code is used
        {"fault": "expire", "at": "token"},
        {"fault": "expire", "at": "userinfo"},
        {"fault": "snapshot", "at": "userinfo"},
        {"fault": "fail", "at": "token"},
        {"fault": "garbage", "at": "token"},
    ],
    ids=lambda fault: f"{fault['fault']}-{fault['at']}",
)
def test_what_goes_wrong_at_the_provider_is_said_and_the_next_try_works(
    open_page: OpenPage, provider: Sandbox, failures: list[str], fault: dict[str, Any]
) -> None:
    page = open_page("/m/", viewport=PHONE)
    provider.will(**fault)
    by_wechat(page, provider, "张大山")
    expect(page.get_by_test_id("problem")).to_have_text(REFUSED)
    assert [one for one in failures if not re.search("40[0-9]|50[0-9]", one)] == []
    failures.clear()
    by_wechat(page, provider, "张大山")
    expect(page.get_by_test_id("alone")).to_be_visible()


def test_a_doubled_answer_of_alipay_is_said_too(open_page: OpenPage, provider: Sandbox, failures: list[str]) -> None:
    page = open_page("/m/", viewport=PHONE)
    provider.will(fault="double", at="token")
    by_alipay(page, provider, "张大山")
    expect(page.get_by_test_id("problem")).to_have_text(REFUSED)
    failures.clear()


def test_an_answer_to_another_visit_is_refused(open_page: OpenPage, provider: Sandbox, failures: list[str]) -> None:
    page = open_page("/m/", viewport=PHONE)
    to(page, "wechat", provider, "微信登录")
    link = page.get_by_role("link", name="王小明").get_attribute("href") or ""
    state = re.search(r"state=([^&]+)", link)
    assert state is not None
    page.goto(provider.url + link.replace(state[1], "somebody-elses-state"))
    expect(page.get_by_test_id("problem")).to_have_text(REFUSED)
    page.goto(provider.url + link)
    expect(page.get_by_test_id("phone-field")).to_be_visible()
    expect(page.get_by_role("navigation")).to_have_count(0)
    failures.clear()


def authenticator(page: Page) -> tuple[CDPSession, str]:
    """A device that looks at its owner, built into this browser."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return devtools, str(made["authenticatorId"])


def test_a_passkey_is_made_and_signs_in(open_page: OpenPage, world: World, failures: list[str]) -> None:
    page = open_page("/m/", viewport=PHONE)
    devtools, device = authenticator(page)
    by_phone(page, world, "13822220002")
    mine = number(page)
    page.goto("/m/devices")
    page.get_by_test_id("add-passkey").click()
    expect(page.get_by_test_id("passkey")).to_have_count(1)
    kept = devtools.send("WebAuthn.getCredentials", {"authenticatorId": device})["credentials"]
    assert [(one["rpId"], one["isResidentCredential"]) for one in kept] == [("localhost", True)]
    sign_out(page)
    page.get_by_test_id("by-passkey").click()
    is_in(page)
    assert number(page) == mine
    page.goto("/m/devices")
    expect(page.get_by_test_id("device").filter(has_text="本机")).to_contain_text("通行密钥")
    remove = page.get_by_test_id("passkey").get_by_role("button")
    remove.click()
    remove.click()
    expect(page.get_by_test_id("passkey")).to_have_count(0)
    sign_out(page)
    page.get_by_test_id("by-passkey").click()
    expect(page.get_by_test_id("problem")).to_have_text("通行密钥没有通过，请重试或使用手机号登录。")
    failures.clear()


def test_what_one_member_saw_is_not_there_for_the_next(open_page: OpenPage, world: World) -> None:
    page = open_page("/m/", viewport=PHONE)
    by_phone(page, world, "13822220003")
    first = page.get_by_test_id("card-number").text_content()
    page.get_by_test_id("locale").click()
    expect(page.get_by_role("link", name="Points")).to_be_visible()
    sign_out(page)
    assert page.evaluate("Object.keys(localStorage)") == ["huixiang.locale"], "what they chose stays, and nothing else"
    assert page.evaluate("sessionStorage.length") == 0
    by_phone(page, world, "13822220004")
    expect(page.get_by_test_id("card-number")).to_be_visible()
    assert page.get_by_test_id("card-number").text_content() != first


def test_without_a_network_signing_out_forgets_here_all_the_same(
    open_page: OpenPage, world: World, failures: list[str]
) -> None:
    page = open_page("/m/", viewport=PHONE)
    by_phone(page, world, "13822220005")
    page.context.set_offline(True)
    sign_out(page)
    assert page.evaluate("localStorage.getItem('huixiang.session')") is None
    page.context.set_offline(False)
    failures.clear()


def check(page: Page) -> None:
    assert violations(page) == []
    assert overflow(page) == 0


@pytest.mark.parametrize(("locale", "scheme", "viewport"), LOOKS)
def test_the_pages_can_be_read(
    open_page: OpenPage, world: World, locale: str, scheme: str, viewport: dict[str, int]
) -> None:
    page = open_page("/m/devices", viewport=viewport, locale=locale, scheme=scheme)
    expect(page.get_by_test_id("by-wechat")).to_be_visible()
    expect(page.get_by_test_id("by-passkey")).to_be_visible()
    expect(page.get_by_test_id("risk")).to_contain_text("短信" if locale == "zh-CN" else "text message")
    check(page)
    by_phone(page, world, f"138222201{LOOKS.index((locale, scheme, viewport)):02d}")
    expect(page.get_by_test_id("device")).to_be_visible()
    expect(page.get_by_test_id("passkeys")).to_be_visible()
    check(page)
