"""What customer service does on a member's page: states, personal data, points, merges."""

from __future__ import annotations

from uuid import UUID

import pytest
from playwright.sync_api import Page, StorageState, expect

from huixiang.members import service as members
from huixiang.members.model import ExternalId, NewMember
from tests.browser.approvals import carry_out
from tests.browser.conftest import DESKTOP, PHONE, OpenPage, in_thread
from tests.browser.test_reading import overflow, violations
from tests.browser.world import World, opened

TABS = ["积分调整", "身份与合并", "资料与来源", "状态"]
TABS_EN = ["Adjustments", "Identity and merges", "Profile and origin", "State"]


@pytest.fixture(scope="module")
def twins(world: World) -> list[UUID]:
    """Two members who are one person."""

    async def register() -> list[UUID]:
        async with opened(world.settings) as db, db.transaction() as tx:
            made = await members.register_bulk(
                tx,
                [
                    NewMember(channel="app", name="赵一", phone="13911112222", registered_at=tx.now),
                    NewMember(channel="store", external_ids=(ExternalId("till", "7001"),), registered_at=tx.now),
                ],
            )
            return [one.member_id for one in made if one.member_id is not None]

    return in_thread(register())


def submit(page: Page, reason: str) -> None:
    sheet = page.get_by_test_id("sheet")
    sheet.locator("textarea[name=reason]").fill(reason)
    sheet.get_by_test_id("submit").click()
    expect(sheet).to_have_count(0)


@pytest.mark.requirement("CON-06")
@pytest.mark.parametrize(
    ("viewport", "locale", "scheme"), [(DESKTOP, "zh-CN", "light"), (PHONE, "en-US", "dark")], ids=["desk", "phone"]
)
def test_every_tab_of_a_member_is_legible(
    open_page: OpenPage, clerk: StorageState, twins: list[UUID], viewport: dict[str, int], locale: str, scheme: str
) -> None:
    place = f"/console/members/{twins[1]}"
    page = open_page(place, state=clerk, viewport=viewport, locale=locale, scheme=scheme)
    for tab in TABS if locale == "zh-CN" else TABS_EN:
        page.get_by_role("tab", name=tab, exact=True).click()
        page.wait_for_load_state("networkidle")
        assert overflow(page) == 0
    assert violations(page) == []
    page.get_by_test_id("change-state").click()
    page.get_by_test_id("sheet").locator("input[value=minor]").check()
    expect(page.locator("input[name=consent]")).to_be_visible()
    assert violations(page) == []


@pytest.mark.requirement("CON-01")
def test_a_personal_field_is_shown_for_a_reason_and_to_who_may(
    open_page: OpenPage, clerk: StorageState, maker: StorageState, twins: list[UUID]
) -> None:
    page = open_page(f"/console/members/{twins[0]}", state=clerk)
    phone = page.get_by_test_id("field-phone")
    expect(phone).to_contain_text("139****2222")
    phone.get_by_role("button").click()
    expect(page.get_by_test_id("submit")).to_be_disabled()
    submit(page, "回拨客户")
    expect(phone).to_contain_text("+8613911112222")
    phone.get_by_role("button", name="隐藏").click()
    expect(phone).to_contain_text("139****2222")
    without = open_page(f"/console/members/{twins[0]}", state=maker)
    expect(without.get_by_test_id("field-phone")).to_contain_text("139****2222")
    expect(without.get_by_test_id("field-phone").get_by_role("button")).to_have_count(0)
    without.get_by_role("tab", name="状态").click()
    expect(without.get_by_test_id("states")).to_be_visible()
    expect(without.get_by_test_id("change-state")).to_have_count(0)


@pytest.mark.requirement("MEM-14")
def test_a_state_is_changed_with_a_reason_and_back(open_page: OpenPage, clerk: StorageState, twins: list[UUID]) -> None:
    page = open_page(f"/console/members/{twins[0]}", state=clerk)
    page.get_by_role("tab", name="状态").click()
    for into, word in (("blocked", "已冻结"), ("active", "正常")):
        page.get_by_test_id("change-state").click()
        page.get_by_test_id("sheet").locator(f"input[value={into}]").check()
        submit(page, "核对身份")
        expect(page.get_by_test_id("state-now")).to_have_text(word)
    expect(page.get_by_test_id("state-history").locator("li")).to_have_count(2)


@pytest.mark.requirement("PTS-13", "CON-02")
def test_a_large_gift_of_points_becomes_a_request(open_page: OpenPage, clerk: StorageState, twins: list[UUID]) -> None:
    page = open_page(f"/console/members/{twins[0]}", state=clerk)
    page.get_by_role("tab", name="积分调整").click()
    for points in ("200", "9000"):
        page.get_by_test_id("adjust").click()
        page.locator("input[name=points]").fill(points)
        submit(page, "包裹破损")
    expect(page.get_by_test_id("approval-state")).to_have_text("待审批")
    expect(page.get_by_role("heading", level=1)).to_contain_text("+9,000")
    page.get_by_role("button", name="撤回").click()
    submit(page, "改走退款")
    page.get_by_role("link", name="查看会员").click()
    page.get_by_role("tab", name="积分调整").click()
    expect(page.get_by_test_id("adjustments").locator("tbody tr").filter(has_text="+200")).to_contain_text("已入账")


@pytest.mark.requirement("MEM-02")
def test_two_members_are_merged_after_a_look_and_parted_again(
    open_page: OpenPage, clerk: StorageState, twins: list[UUID], world: World
) -> None:
    in_thread(carry_out(world))  # no adjustment waits any more
    page = open_page(f"/console/members/{twins[1]}", state=clerk)
    page.get_by_role("tab", name="身份与合并").click()
    page.get_by_test_id("merge").click()
    page.locator("input[name=other]").fill("13911112222")
    page.get_by_test_id("find-other").click()
    page.get_by_test_id("other").locator("input").check()
    expect(page.get_by_test_id("merge-total")).to_contain_text("积分")
    assert violations(page) == []
    submit(page, "同一张电话账单")
    expect(page.get_by_test_id("merge-steps").locator("li")).to_have_count(5)
    expect(page.get_by_test_id("merging")).to_be_visible()
    in_thread(carry_out(world))
    merge = page.get_by_test_id("merges").locator("> li")
    expect(merge).to_have_attribute("data-state", "done")
    page.reload()
    expect(page.get_by_test_id("merged-into")).to_be_visible()
    page.get_by_role("tab", name="身份与合并").click()
    page.get_by_test_id("undo-merge").click()
    submit(page, "是两个人")
    in_thread(carry_out(world))
    expect(merge).to_have_attribute("data-state", "undone")
