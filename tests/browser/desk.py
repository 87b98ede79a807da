"""Members for the forms of the desk, whom no other file looks at, and what staff do with a form."""

from __future__ import annotations

from uuid import UUID

import msgspec
from playwright.sync_api import Page, StorageState, expect

from huixiang.coupons import service as coupons
from huixiang.coupons.model import NewCoupon
from huixiang.members import service as members
from huixiang.members.model import ExternalId, NewMember
from huixiang.members.model.attributes import GivenConsent
from huixiang.members.service import consents
from huixiang.rulebook import service as rulebook
from tests.browser.approvals import carry_out
from tests.browser.conftest import OpenPage, in_thread
from tests.browser.world import World, opened

ATTRIBUTES = {
    "attributes": [
        {
            "code": "pet",
            "type": "choice",
            "title": {"zh": "宠物", "en": "Pet"},
            "purpose": "recommendations",
            "choices": ["cat", "dog"],
            "member": "hidden",
        },
        {
            "code": "allergy",
            "type": "text",
            "title": {"zh": "过敏", "en": "Allergies"},
            "purpose": "no nuts in the box of who must not have them",
            "consent": "personalisation",
            "personal": True,
            "seen_by": ["customer_service"],
            "otherwise": "masked",
            "member": "hidden",
        },
    ]
}


class People(msgspec.Struct, frozen=True):
    """whole: with a name, a phone and two ids; other: with one id, and coupons; third: with another phone."""

    whole: UUID
    other: UUID
    third: UUID


async def settle(world: World) -> People:
    """Register them, with consents, coupons and attributes that members themselves do not see."""
    async with opened(world.settings) as db, db.transaction() as tx:
        await rulebook.publish(tx, "attributes", "main", ATTRIBUTES, tx.now, "tests", "tests")
        whole = NewMember(
            channel="app",
            name="钱一帆",
            phone="13955550001",
            external_ids=(ExternalId("shop", "desk-1"), ExternalId("till", "desk-1")),
        )
        other = NewMember(channel="store", external_ids=(ExternalId("till", "desk-2"),))
        third = NewMember(channel="store", phone="13955550003", external_ids=(ExternalId("till", "desk-3"),))
        ids = [(await members.register(tx, one)).member_id for one in (whole, other, third)]
        await consents.state(tx, ids[0], GivenConsent(purpose="marketing", text_version="2026-01"), "member")
        for _ in range(2):
            await coupons.grant(tx, ids[1], NewCoupon(rule="desk"))
        return People(*ids)


def submit(page: Page, reason: str) -> None:
    """Give the reason and send the open form, which closes."""
    sheet = page.get_by_test_id("sheet")
    sheet.locator("textarea[name=reason]").fill(reason)
    sheet.get_by_test_id("submit").click()
    expect(sheet).to_have_count(0)


def approved(open_page: OpenPage, checker: StorageState, world: World, page: Page, reason: str) -> None:
    """Another person follows the request that waits on the member's page, and approves it; it runs."""
    waiting = page.get_by_test_id("pending").locator("li").filter(has_text=reason)
    address = waiting.get_by_role("link").get_attribute("href")
    assert address is not None
    theirs = open_page(address, state=checker)
    theirs.get_by_test_id("decide").get_by_role("button", name="批准").click()
    theirs.get_by_test_id("sheet").locator("textarea").fill("已核对")
    theirs.get_by_test_id("submit").click()
    expect(theirs.get_by_test_id("approval-state")).to_have_text("执行中")
    in_thread(carry_out(world))
    expect(theirs.get_by_test_id("approval-state")).to_have_text("已执行")
    theirs.close()
    page.reload()
