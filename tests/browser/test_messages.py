"""What was sent, and the viewer of the local sink, in the console."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, StorageState, expect

from huixiang.entry.messaging import providers
from huixiang.messaging import service as messaging
from huixiang.messaging.jobs import Deliverer
from huixiang.messaging.model import Channel, MessageClass, NewMessage
from tests.browser.conftest import DESKTOP, PHONE, OpenPage, in_thread
from tests.browser.test_reading import overflow, violations
from tests.browser.world import WANG, World, opened

CODE = NewMessage(
    key="code-1",
    channel=Channel.SMS,
    message_class=MessageClass.SERVICE,
    template="sign_in_code",
    address="+8613812345678",
    text="您的验证码是 284915,5 分钟内有效。",
)
SCRIPT = NewMessage(
    key="mail-1",
    channel=Channel.EMAIL,
    message_class=MessageClass.SERVICE,
    template="order_refunded",
    address="li@example.com",
    title="<b>退款</b>",
    text="<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>",
)


@pytest.fixture(scope="module", autouse=True)
def delivered(world: World) -> None:
    async def deliver() -> None:
        async with opened(world.settings) as db:
            async with db.transaction() as tx:
                for message in (CODE, SCRIPT):
                    await messaging.send(tx, world.member_ids[WANG], message)
            await Deliverer(db, providers(world.settings, db)).deliver_due()

    in_thread(deliver())


def sink(page: Page) -> None:
    page.get_by_text("本地收件箱").or_(page.get_by_text("Local sink")).click()


@pytest.mark.requirement("CMP-04")
@pytest.mark.parametrize(
    ("viewport", "locale", "scheme"), [(DESKTOP, "zh-CN", "light"), (PHONE, "en-US", "dark")], ids=["desk", "phone"]
)
def test_the_sink_shows_messages_as_text_whatever_they_hold(
    open_page: OpenPage, maker: StorageState, viewport: dict[str, int], locale: str, scheme: str
) -> None:
    page = open_page("/console/messages", state=maker, viewport=viewport, locale=locale, scheme=scheme)
    rows = page.get_by_test_id("sent-messages").locator("tbody tr")
    expect(rows.filter(has_text="+86****5678").or_(rows.filter(has_text="l***@example.com"))).to_have_count(2)
    assert violations(page) == []
    sink(page)
    shown = page.get_by_test_id("sunk-messages").locator("li")
    expect(shown).to_have_count(2)
    expect(shown.filter(has_text="+8613812345678")).to_contain_text(CODE.text)
    expect(shown.filter(has_text="li@example.com")).to_contain_text(SCRIPT.text)
    assert page.title() != "owned"
    assert violations(page) == []
    assert overflow(page) == 0


@pytest.mark.requirement("CMP-11")
def test_customer_service_sees_what_was_sent_and_neither_sink_nor_content(
    open_page: OpenPage, clerk: StorageState
) -> None:
    page = open_page("/console/messages", state=clerk)
    rows = page.get_by_test_id("sent-messages").locator("tbody tr")
    expect(rows.filter(has_text="登录验证码")).to_contain_text("+86****5678")
    expect(rows.filter(has_text="登录验证码")).to_contain_text("已发")
    expect(page.get_by_text("本地收件箱")).to_have_count(0)
    expect(page.get_by_text("284915")).to_have_count(0)
