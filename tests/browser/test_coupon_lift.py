"""What a template brings, on its page: both groups, the difference and how sure it is; too few, and nobody, say so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace
from playwright.sync_api import StorageState, expect

from huixiang.checkout import service as checkout
from huixiang.checkout.model import NewLine, NewOrder
from huixiang.coupons.rules.holdout import is_held_out
from huixiang.coupons.store import exposures
from huixiang.coupons.store.exposures import Exposure
from huixiang.kernel.ids import new_id
from huixiang.members import service as members
from huixiang.members.model import ExternalId, MemberRef, NewMember
from tests.browser.conftest import DESKTOP, PHONE, OpenPage, in_thread
from tests.browser.test_reading import overflow, violations
from tests.browser.world import World, opened

HALF = 5_000
PEOPLE = 260
CAME = timedelta(days=20)


@pytest.fixture(scope="module", autouse=True)
def groups(world: World) -> None:
    """Of `fresh_5` all who were given one bought, and every third of the others; three came to another template."""

    async def seed() -> None:
        async with opened(world.settings) as db:
            came = db.clock.now() - CAME
            people = [
                NewMember(channel="app", external_ids=(ExternalId("lift", f"l{n}"),), registered_at=came)
                for n in range(PEOPLE)
            ]
            async with db.transaction() as tx:
                ids = [one.member_id for one in await members.register_bulk(tx, people) if one.member_id]
            out = {one for one in ids if is_held_out(one, "fresh_5", HALF)}
            async with db.transaction(now=came) as tx:
                for template, some in (("fresh_5", ids), ("free_delivery_coupon", ids[:3])):
                    like = Exposure(template=template, version=1, holdout_bp=HALF, cause="grant", coupon_id=None)
                    given = {one: like if one in out else replace(like, coupon_id=new_id()) for one in some}
                    await exposures.add(tx, given)
            buyers = [one for at, one in enumerate(ids) if one not in out or at % 3 == 0]
            orders = [
                NewOrder(
                    source="till", external_id=f"lift-{one}", member=MemberRef(member_id=one), channel="store",
                    programme="base", completed_at=came + timedelta(days=1), tenders=[],
                    lines=[NewLine(line_id="1", sku="rice", payable_fen=6_000, pieces=1)],
                )
                for one in buyers
            ]  # fmt: skip
            async with db.transaction() as tx:
                assert not [one for one in await checkout.post_orders(tx, orders) if one.refusal]

    in_thread(seed())


@pytest.mark.requirement("CPN-06")
@pytest.mark.parametrize(
    ("viewport", "locale", "scheme"), [(DESKTOP, "zh-CN", "light"), (PHONE, "en-US", "dark")], ids=["desk", "phone"]
)
def test_a_difference_is_shown_with_its_interval(
    open_page: OpenPage, maker: StorageState, viewport: dict[str, int], locale: str, scheme: str
) -> None:
    page = open_page("/console/coupons/templates/fresh_5", state=maker, viewport=viewport, locale=locale, scheme=scheme)
    lift = page.get_by_test_id("lift")
    expect(lift.get_by_test_id("verdict")).to_have_text("消费更多" if locale == "zh-CN" else "Buy more")
    rows = lift.locator("tbody tr")
    expect(rows.first).to_contain_text("100.0%")
    expect(rows.first).to_contain_text("60.00")
    expect(lift.get_by_test_id("perMember")).to_contain_text("95%")
    assert overflow(page) == 0
    assert violations(page) == []
    page.get_by_test_id("lift-days").select_option("28")
    expect(lift.get_by_test_id("verdict")).to_have_text("人数太少" if locale == "zh-CN" else "Too few")


@pytest.mark.requirement("CPN-06")
def test_too_few_and_nobody_are_said_plainly(open_page: OpenPage, maker: StorageState) -> None:
    page = open_page("/console/coupons/templates/free_delivery_coupon", state=maker)
    lift = page.get_by_test_id("lift")
    expect(lift.get_by_test_id("verdict")).to_have_text("人数太少")
    expect(lift.get_by_test_id("perMember")).to_contain_text("不作判断")
    expect(lift.get_by_test_id("perMember")).not_to_contain_text("¥")
    page.goto("/console/coupons/templates/eggs_for_one")
    expect(lift.locator(".nothing")).to_be_visible()
