"""The inbox and pop-ups on the member pages, and the proof of one message in the console."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, StorageState, expect

from huixiang.kernel.clock import SystemClock
from huixiang.messaging import service as messaging
from huixiang.messaging.model import Channel, MessageClass, NewMessage
from tests.browser.conftest import DESKTOP, PHONE, OpenPage, in_thread
from tests.browser.test_reading import overflow, violations
from tests.browser.world import HOLDER, NEWCOMER, WANG, World, opened

LONG = "https://example.com/" + "very-long-" * 40
SCRIPT = "<img src=x onerror=\"document.title='owned'\">"


def notice(n: int, title: str, text: str) -> NewMessage:
    return NewMessage(
        key=f"inbox-{n}",
        channel=Channel.INBOX,
        message_class=MessageClass.SERVICE,
        template="order_refunded",
        title=title,
        text=text,
    )


def popup(key: str, text: str = "新的会员章程自 12 月 1 日起生效。") -> NewMessage:
    return NewMessage(
        key=key,
        channel=Channel.POPUP,
        message_class=MessageClass.SERVICE,
        template="terms_changed",
        title="会员章程更新",
        text=text,
        expires_at=SystemClock().now() + timedelta(days=7),
    )


def sent(world: World, member: str, *messages: NewMessage) -> None:
    async def send() -> None:
        async with opened(world.settings) as db, db.transaction() as tx:
            for message in messages:
                await messaging.send(tx, world.member_ids[member], message)

    in_thread(send())


def inbox(open_page: OpenPage, world: World, member: str, **look: object) -> Page:
    page = open_page(f"/m/#token={world.tokens[member]}", **look)
    page.get_by_test_id("bell").click()
    return page


@pytest.mark.requirement("CMP-04", "H5-03")
@pytest.mark.parametrize(("locale", "scheme"), [("zh-CN", "light"), ("en-US", "dark")])
def test_an_empty_inbox_says_so(open_page: OpenPage, world: World, locale: str, scheme: str) -> None:
    page = inbox(open_page, world, NEWCOMER, viewport=PHONE, locale=locale, scheme=scheme)
    expect(page.get_by_test_id("inbox-empty")).to_be_visible()
    expect(page.get_by_test_id("read-all")).to_have_count(0)
    assert (violations(page), overflow(page)) == ([], 0)


@pytest.mark.requirement("CMP-04", "H5-03")
def test_a_member_reads_and_marks_messages(open_page: OpenPage, world: World) -> None:
    sent(
        world,
        WANG,
        *[notice(n, f"第 {n} 条通知", "订单 20260318001 的 25.80 元已退回。\n一至三个工作日到账。") for n in range(22)],
        notice(30, f"标题{'很长' * 40}", LONG * 4),
        notice(31, "<b>退款</b>", SCRIPT),
    )
    page = inbox(open_page, world, WANG, viewport=PHONE)
    rows = page.get_by_test_id("message")
    expect(rows.first).to_contain_text("<b>退款</b>")
    expect(page.get_by_test_id("unread")).to_contain_text("24")
    expect(page.get_by_test_id("bell")).to_have_accessible_name("消息，24 条未读")
    assert (violations(page), overflow(page)) == ([], 0)

    rows.nth(1).get_by_role("button").click()
    expect(rows.nth(1).get_by_role("button")).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_test_id("unread")).to_contain_text("23")
    assert overflow(page) == 0
    rows.last.scroll_into_view_if_needed()
    expect(rows).to_have_count(24)
    page.get_by_test_id("read-all").click()
    expect(page.get_by_test_id("unread")).to_have_count(0)
    assert page.title() != "owned"
    page.set_viewport_size({"width": 320, "height": 640})
    assert overflow(page) == 0


def test_an_inbox_that_does_not_come_says_so_and_can_be_asked_again(
    open_page: OpenPage, world: World, failures: list[str]
) -> None:
    page = open_page(f"/m/#token={world.tokens[NEWCOMER]}", viewport=PHONE)
    page.route("**/me/messages?*", lambda route: route.abort())
    page.get_by_test_id("bell").click()
    expect(page.get_by_test_id("failure")).to_be_visible(timeout=30_000)
    page.unroute_all()
    page.get_by_role("button", name="重试").click()
    expect(page.get_by_test_id("inbox-empty")).to_be_visible()
    failures[:] = [one for one in failures if "ERR_FAILED" not in one]


@pytest.mark.requirement("CMP-04")
@pytest.mark.parametrize(("locale", "scheme", "close"), [("zh-CN", "light", "我知道了"), ("en-US", "dark", "Got it")])
def test_a_popup_is_shown_once(
    open_page: OpenPage, world: World, maker: StorageState, locale: str, scheme: str, close: str
) -> None:
    sent(world, HOLDER, popup(f"a-{locale}"), popup(f"b-{locale}", LONG * 12))
    look = {"viewport": PHONE, "locale": locale, "scheme": scheme}
    page = open_page(f"/m/#token={world.tokens[HOLDER]}", **look)
    dialog = page.get_by_test_id("popup")
    expect(dialog).to_contain_text("新的会员章程")
    assert violations(page) == []
    dialog.get_by_role("button", name=close).click()
    expect(dialog).to_contain_text("very-long-")
    assert overflow(page) == 0
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    again = open_page(f"/m/#token={world.tokens[HOLDER]}", **look)
    expect(again.get_by_test_id("card")).to_be_visible()
    again.wait_for_load_state("networkidle")
    expect(again.get_by_test_id("popup")).to_have_count(0)

    console = open_page("/console/messages", state=maker, viewport=DESKTOP)
    console.get_by_role("button", name="会员条款变更").first.click()
    proof = console.get_by_test_id("proof")
    expect(proof.get_by_test_id("evidence").locator("li")).to_have_count(2)
    expect(proof.get_by_test_id("evidence")).to_contain_text("展示")


@pytest.mark.requirement("CMP-11", "CON-06")
@pytest.mark.parametrize(
    ("viewport", "locale", "scheme"), [(DESKTOP, "zh-CN", "light"), (PHONE, "en-US", "dark")], ids=["desk", "phone"]
)
def test_the_console_shows_the_proof_of_a_message(
    open_page: OpenPage, world: World, maker: StorageState, viewport: dict[str, int], locale: str, scheme: str
) -> None:
    sent(world, WANG, notice(40, "退款到账", "订单 20260318001 的 25.80 元已退回。"))
    page = open_page("/console/messages", state=maker, viewport=viewport, locale=locale, scheme=scheme)
    rows = page.get_by_test_id("sent-messages").locator("tbody tr")
    expect(rows.first).to_be_visible()
    expect(rows.filter(has_text="—")).to_have_count(0)
    rows.first.get_by_role("button").click()
    proof = page.get_by_test_id("proof")
    expect(proof).to_contain_text(str(world.member_ids[WANG]))
    expect(proof).not_to_contain_text("25.80")
    assert (violations(page), overflow(page)) == ([], 0)
    page.keyboard.press("Escape")
    expect(proof).to_have_count(0)
