"""Stored XSS: what somebody writes into names, ids, stores, rules, reasons, messages is shown as text and never run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, StorageState, expect

from huixiang.catalogue import service as catalogue
from huixiang.catalogue.model import StoreRow
from huixiang.checkout import service as checkout
from huixiang.checkout.model import NewLine, NewOrder
from huixiang.entry.messaging import providers
from huixiang.kernel.text import Text
from huixiang.members import service as members
from huixiang.members.model import ExternalId, MemberRef, NewMember
from huixiang.messaging import service as messaging
from huixiang.messaging.jobs import Deliverer
from huixiang.messaging.model import Channel, MessageClass, NewMessage
from huixiang.platform.db import Database
from huixiang.staff import service as staff
from huixiang.staff.model import Role
from tests.browser.conftest import OpenPage, _signed_in, in_thread
from tests.browser.world import World, opened

pytestmark = pytest.mark.requirement("SEC-01")

IMAGE = "<img src=x onerror=owned=1>"
SCRIPT = "<script>owned=1</script>"
VECTOR = "<svg/onload=owned=1>"
BRACES = "{{constructor.constructor('owned=1')()}}"
QUOTES = "\"'><b onmouseover=owned=1>"
LINK = "javascript:owned=1"
CONSOLE = ("/console/members", "/console/members/{member}", "/console/messages", "/console/keys", "/console/audit")
MEMBER = ("/m/", "/m/points", "/m/tier", "/m/inbox", "/m/devices")


@pytest.fixture(scope="module")
def victim(world: World) -> UUID:
    """A member everything about whom somebody else has written."""

    async def plant() -> UUID:
        async with opened(world.settings) as db:
            member_id = await _member(db)
            await _order(db, member_id)
            await _messages(db, member_id)
            async with db.transaction() as tx:
                await staff.create_key(tx, IMAGE + VECTOR, frozenset({"orders:write"}), BRACES)
                world.accounts["evil"] = await staff.add_account(
                    tx, "evil", QUOTES + SCRIPT, Role.ADMIN, SCRIPT, lasting=True
                )
            await Deliverer(db, providers(world.settings, db)).deliver_due()
            return member_id

    return in_thread(plant())


async def _member(db: Database) -> UUID:
    async with db.transaction() as tx:
        [made] = await members.register_bulk(
            tx,
            [
                NewMember(
                    channel=SCRIPT[:20],
                    name=IMAGE,
                    phone="13800000666",
                    external_ids=(ExternalId("till", VECTOR), ExternalId("pos", QUOTES)),
                )
            ],
        )
    assert made.member_id is not None, made
    return made.member_id


async def _order(db: Database, member_id: UUID) -> None:
    store = StoreRow(
        version=1, store="XSS", name=Text(zh=IMAGE, en=SCRIPT), city=VECTOR, region=QUOTES, time_zone="Asia/Shanghai"
    )
    line = NewLine(line_id=BRACES[:20], sku=IMAGE, payable_fen=1000, pieces=1)
    async with db.transaction() as tx:
        await catalogue.upsert_stores(tx, [store])
        [posted] = await checkout.post_orders(
            tx,
            [
                NewOrder(
                    source="till",
                    external_id=SCRIPT,
                    member=MemberRef(member_id=member_id),
                    store_id="XSS",
                    channel=LINK,
                    programme="base",
                    completed_at=tx.now,
                    lines=[line],
                )
            ],
        )
    assert posted.refusal is None, posted.refusal


async def _messages(db: Database, member_id: UUID) -> None:
    async with db.transaction() as tx:
        for channel in (Channel.INBOX, Channel.EMAIL):
            message = NewMessage(
                key=f"xss-{channel}",
                channel=channel,
                message_class=MessageClass.SERVICE,
                template="order_refunded",
                address="evil@example.com" if channel is Channel.EMAIL else None,
                title=IMAGE + SCRIPT,
                text=f"{VECTOR}{BRACES}{QUOTES}{LINK}",
            )
            await messaging.send(tx, member_id, message)


@pytest.fixture(scope="module")
def evil(chromium: Browser, world: World, victim: UUID) -> StorageState:
    """The browser state of an administrator whose own name is a script."""
    del victim
    return _signed_in(chromium, world, "evil")


@pytest.fixture
def refused(failures: list[str]) -> Iterator[list[str]]:
    """Dialogs, and what the policy of the pages refused; `failures` has whatever the pages logged."""
    seen: list[str] = []
    yield seen
    assert seen == failures == []


def looked_at(page: Page, refused: list[str]) -> None:
    """That a page has run nothing of it, once it has run everything that it runs."""
    page.on("dialog", lambda dialog: refused.append(dialog.message))
    page.evaluate("addEventListener('securitypolicyviolation', (e) => console.error(e.violatedDirective))")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("typeof owned") == "undefined"
    made: Any = page.evaluate("document.querySelectorAll('img[src=x], [onerror], [onload], [onmouseover]').length")
    assert made == 0
    assert page.evaluate("document.querySelectorAll('a[href^=\"javascript:\"]').length") == 0


@pytest.mark.parametrize("place", CONSOLE)
def test_stored_xss_is_text_in_the_console(
    open_page: OpenPage, evil: StorageState, victim: UUID, refused: list[str], place: str
) -> None:
    page = open_page(place.format(member=victim), state=evil)
    expect(page.get_by_test_id("account")).to_contain_text(SCRIPT)
    if place == "/console/keys":
        expect(page.get_by_text(IMAGE + VECTOR).first).to_be_visible()
    looked_at(page, refused)


@pytest.mark.parametrize("place", MEMBER)
def test_stored_xss_is_text_on_the_member_pages(
    open_page: OpenPage, world: World, victim: UUID, refused: list[str], place: str
) -> None:
    async def token() -> str:
        async with opened(world.settings) as db, db.transaction(read_only=True) as tx:
            return members.issue_token(victim, tx.now)

    page = open_page(f"{place}#token={in_thread(token())}")
    if place == "/m/":
        expect(page.get_by_role("heading", level=1)).to_contain_text(IMAGE)
    looked_at(page, refused)


@pytest.mark.parametrize(
    "path",
    [
        "/console/sign-in?next=javascript:owned=1",
        "/console/sign-in?next=//evil.example/",
        "/console/sign-in?next=/\\evil.example",
        "/console/sign-in?next=https://evil.example/",
        "/m/?return_to=//evil.example/",
        "/m/sign-in?code=%3Cscript%3Eowned=1%3C/script%3E&state=x",
        "/m/#%3Cimg%20src=x%20onerror=owned=1%3E",
    ],
)
def test_open_redirect_and_reflected_xss_in_addresses(
    open_page: OpenPage, evil: StorageState, world: World, failures: list[str], path: str
) -> None:
    page = open_page(path, state=evil)
    page.wait_for_load_state("networkidle")
    assert page.url.startswith(world.address)
    assert page.evaluate("typeof owned") == "undefined"
    failures.clear()  # an address that says nonsense may be told so
