"""The member's own pages: profile, consents, what is kept of them, a trial, and the terms that they accept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.sync_api import Page, Route, expect

from huixiang.kernel.text import Text
from huixiang.members.model.attributes import AttributeDefinition
from huixiang.members.service import attributes, definitions
from huixiang.rulebook import service as rulebook
from huixiang.terms.model import ProgrammeTerms
from tests.browser.conftest import DESKTOP, PHONE, OpenPage, in_thread
from tests.browser.door import caught_up, door, joined
from tests.browser.test_reading import overflow, violations
from tests.browser.world import World, opened
from tests.support.server import ServerInfo

LOOKS = [("zh-CN", "light", PHONE), ("en-US", "dark", PHONE), ("en-US", "light", DESKTOP), ("zh-CN", "dark", DESKTOP)]
NARROW = {"width": 320, "height": 640}
ATTRIBUTES = [
    AttributeDefinition(
        code="diet", type="choice", title=Text(zh="饮食习惯", en="Diet"), purpose="推荐适合的食材",
        choices=("清真", "素食", "低糖"), consent="personalisation", member="write",
    ),
    AttributeDefinition(
        code="pets", type="boolean", title=Text(zh="家有宠物", en="Pets"), purpose="宠物用品优惠", member="write",
    ),
    AttributeDefinition(
        code="baby", type="date", title=Text(zh="宝宝生日", en="Baby's birthday"), purpose="母婴优惠", member="write",
    ),
    AttributeDefinition(
        code="guide", type="text", title=Text(zh="专属导购", en="Shop assistant"), purpose="到店服务", member="read",
    ),
    AttributeDefinition(
        code="secret", type="text", title=Text(zh="内部备注", en="Note"), purpose="内部", member="hidden",
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def world(server: ServerInfo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with door(server, tmp_path_factory.mktemp("door"), "browser_me", in_thread) as (made, _):
        in_thread(_define(made))
        yield made


async def _define(world: World) -> None:
    async with opened(world.settings) as db, db.transaction() as tx:
        await definitions.define_attributes(tx, ATTRIBUTES)


async def _note(world: World, member: Any, **values: Any) -> None:
    """What a system tells of a member."""
    async with opened(world.settings) as db, db.transaction() as tx:
        await attributes.set_attributes(tx, member, values)


def opened_by(open_page: OpenPage, world: World, phone: str, path: str, name: str | None = None, **look: Any) -> Page:
    """A page of a member who has just registered."""
    _, token = in_thread(joined(world, phone, name))
    return open_page(f"{path}#token={token}", **({"viewport": PHONE} | look))


def chip(page: Page, words: str) -> Any:
    return page.locator(".chips label", has_text=re.compile(f"^\\s*{words}\\s*$")).locator("input")


@pytest.mark.requirement("MEM-06")
def test_a_profile_is_filled_in_and_rewarded(open_page: OpenPage, world: World) -> None:
    page = opened_by(open_page, world, "13833330001", "/m/me", "王小明")
    expect(page.get_by_test_id("completion")).to_contain_text("资料完成 14%")
    expect(page.get_by_test_id("completion")).to_contain_text("全部填写可得 50 积分")
    page.get_by_test_id("to-profile").click()
    expect(page.get_by_test_id("save")).to_be_disabled()
    expect(page.get_by_test_id("name")).to_have_value("王小明")
    page.get_by_test_id("birthday").fill("1990-05-17")
    page.get_by_test_id("province").fill("浙江省")
    page.get_by_test_id("save").click()
    expect(page.get_by_test_id("problem")).to_contain_text("填写完整")
    page.get_by_test_id("city").fill("杭州市")
    page.get_by_test_id("street").fill("龙井路1号")
    page.get_by_test_id("save").click()
    expect(page.get_by_test_id("saved")).to_have_text("已保存")
    expect(page.get_by_test_id("completion")).to_contain_text("资料完成 42%")
    for words in ("水果", "水产", "晚上", "电话", "微信"):
        chip(page, words).check()
    page.get_by_test_id("household").fill("3")
    page.get_by_test_id("save").click()
    expect(page.get_by_test_id("saved")).to_contain_text("50 积分")
    expect(page.get_by_test_id("completion")).to_contain_text("资料已完善")
    in_thread(caught_up(world))
    page.goto("/m/points")
    expect(page.get_by_test_id("posting").first).to_be_visible()
    expect(page.locator(".panel", has_text="完善资料").first).to_be_visible()
    page.goto("/m/me/profile")
    expect(page.get_by_test_id("street")).to_have_value("龙井路1号")
    expect(chip(page, "水果")).to_be_checked()
    expect(chip(page, "蔬菜")).not_to_be_checked()
    chip(page, "都不要").check()
    expect(chip(page, "电话")).not_to_be_checked()


@pytest.mark.requirement("MEM-06")
def test_what_was_not_saved_is_not_left_by_mistake(open_page: OpenPage, world: World) -> None:
    page = opened_by(open_page, world, "13833330002", "/m/me/profile")
    page.get_by_test_id("name").fill("李小红")
    page.get_by_test_id("back").click()
    expect(page.get_by_test_id("problem")).to_contain_text("还没有保存")
    page.get_by_test_id("back").click()
    expect(page.get_by_test_id("my-name")).to_have_text("惠象会员")


@pytest.mark.requirement("MEM-06")
def test_what_operators_ask_is_answered_with_the_consent_that_it_takes(open_page: OpenPage, world: World) -> None:
    member, token = in_thread(joined(world, "13833330003"))
    in_thread(_note(world, member, guide="小赵", secret="x"))
    page = open_page(f"/m/me/profile#token={token}", viewport=PHONE)
    asked = page.get_by_test_id("attributes")
    expect(page.get_by_test_id("noted")).to_contain_text("小赵")
    expect(page.get_by_text("内部备注")).to_have_count(0)
    expect(chip(page, "素食")).to_be_disabled()
    asked.get_by_test_id("agree").check()
    chip(page, "素食").check()
    chip(page, "是").check()
    page.get_by_test_id("save").click()
    expect(page.get_by_test_id("saved")).to_be_visible()
    expect(asked.get_by_test_id("agree")).to_have_count(0)
    page.goto("/m/me/consents")
    personal = page.locator("[data-purpose=personalisation]")
    expect(personal.get_by_test_id("stands")).to_contain_text("文本版本 2026-01")
    withdraw = personal.get_by_test_id("withdraw")
    withdraw.click()
    withdraw.click()
    expect(personal.get_by_test_id("stands")).to_contain_text("撤回")
    page.goto("/m/me/profile")
    expect(chip(page, "素食")).not_to_be_checked()
    expect(chip(page, "素食")).to_be_disabled()
    expect(chip(page, "是")).to_be_checked()


@pytest.mark.requirement("MEM-09")
def test_each_purpose_is_given_and_withdrawn_by_itself(open_page: OpenPage, world: World) -> None:
    page = opened_by(open_page, world, "13833330004", "/m/me/consents", locale="en-US")
    marketing, sharing = (page.locator(f"[data-purpose={one}]") for one in ("marketing", "sharing"))
    expect(marketing.get_by_test_id("stands")).to_have_text("Not given")
    marketing.get_by_test_id("give").click()
    expect(marketing.get_by_test_id("stands")).to_have_text(re.compile(r"Given \d+ \w+ \d{4} · text 2026-01"))
    expect(sharing.get_by_test_id("stands")).to_have_text("Not given")
    page.reload()
    withdraw = marketing.get_by_test_id("withdraw")
    withdraw.click()
    expect(withdraw).to_have_text("Really withdraw?")
    withdraw.click()
    expect(marketing.get_by_test_id("stands")).to_have_text(re.compile(r"Withdrawn \d+ \w+ \d{4}"))
    marketing.get_by_test_id("give").click()
    expect(marketing.get_by_test_id("withdraw")).to_be_visible()


@pytest.mark.requirement("MEM-10")
def test_what_is_kept_is_shown_and_taken_along(open_page: OpenPage, world: World, tmp_path: Path) -> None:
    page = opened_by(open_page, world, "13833330005", "/m/me/data", "王小明")
    expect(page.get_by_test_id("account")).to_contain_text("138****0005")
    expect(page.get_by_test_id("facts")).to_contain_text("¥0.00")
    with page.expect_download() as taken:
        page.get_by_test_id("copy").click()
    taken.value.save_as(tmp_path / "copy.json")
    copy = json.loads((tmp_path / "copy.json").read_text())
    assert re.fullmatch(r"huixiang-\d{12}-\d{4}-\d\d-\d\d\.json", taken.value.suggested_filename)
    assert (copy["profile"]["name"], copy["account"]["display_name"]) == ("王小明", "王小明")
    parts = {"account", "profile", "attributes", "consents", "terms", "devices", "passkeys", "tier", "trials", "facts"}
    assert parts | {"points", "postings", "messages", "made_at"} == set(copy)


@pytest.mark.requirement("MEM-13")
def test_a_trial_is_begun_once_and_shown_with_its_end(open_page: OpenPage, world: World, failures: list[str]) -> None:
    _, token = in_thread(joined(world, "13833330006"))
    page = open_page(f"/m/#token={token}", viewport=PHONE)
    late = open_page(f"/m/trial#token={token}", viewport=PHONE)
    expect(late.get_by_test_id("begin")).to_be_enabled()
    page.get_by_test_id("trial-offered").click()
    expect(page.get_by_test_id("offer")).to_contain_text("免费体验银牌会员 7 天")
    page.get_by_test_id("begin").click()
    expect(page.get_by_test_id("running")).to_contain_text("正在体验银牌会员")
    expect(page.get_by_test_id("running")).to_contain_text("还剩 7 天")
    page.get_by_role("link", name="会员卡").click()
    expect(page.get_by_test_id("card-tier")).to_have_text("银牌会员")
    expect(page.get_by_test_id("trial-running")).to_contain_text("正在体验银牌会员")
    late.get_by_test_id("begin").click()
    expect(late.get_by_test_id("refused")).to_have_text("您已经体验过了。每人仅限体验一次。")
    expect(late.get_by_test_id("running")).to_be_visible()
    expect(late.get_by_test_id("begin")).to_have_count(0)
    assert [one for one in failures if "409" not in one] == []
    failures.clear()


@pytest.mark.requirement("CON-08")
def test_terms_are_accepted_now_and_before_they_change(open_page: OpenPage, world: World) -> None:
    page = opened_by(open_page, world, "13833330007", "/m/")
    expect(page.get_by_test_id("terms-waiting")).to_contain_text("会员条款待您同意")
    page.get_by_test_id("terms-waiting").click()
    page.get_by_test_id("terms-current").get_by_test_id("accept").click()
    accepted = page.get_by_test_id("terms-current").get_by_test_id("accepted")
    expect(accepted).to_contain_text("同意第 1 版")
    page.get_by_role("link", name="会员卡").click()
    expect(page.get_by_test_id("card-number")).to_be_visible()
    expect(page.get_by_test_id("terms-waiting")).to_have_count(0)
    in_thread(_change_terms(world))
    page.reload()
    expect(page.get_by_test_id("terms-waiting")).to_contain_text(re.compile(r"会员条款将于 \d{4}年\d+月\d+日 变更"))
    page.get_by_test_id("terms-waiting").click()
    coming = page.get_by_test_id("terms-coming")
    expect(coming).to_contain_text("积分有效期改为 24 个月")
    coming.get_by_test_id("accept").click()
    expect(coming.get_by_test_id("accepted")).to_contain_text("同意第 2 版")
    page.reload()
    expect(coming.get_by_test_id("accepted")).to_be_visible()
    expect(page.get_by_test_id("accept")).to_have_count(0)


async def _change_terms(world: World) -> None:
    async with opened(world.settings) as db, db.transaction() as tx:
        now = (await rulebook.current(tx, "terms", "default", tx.now)).read(ProgrammeTerms)
        new = msgspec.structs.replace(now, summary=Text(zh="积分有效期改为 24 个月。", en="Points last 24 months."))
        await rulebook.publish(tx, "terms", "default", new, tx.now + timedelta(days=20), "test", "longer")


PAGES = ("/m/me", "/m/me/profile", "/m/me/consents", "/m/me/data", "/m/trial", "/m/terms", "/m/devices")


@pytest.mark.parametrize(("locale", "scheme", "viewport"), LOOKS)
def test_the_pages_can_be_read(
    open_page: OpenPage, world: World, locale: str, scheme: str, viewport: dict[str, int]
) -> None:
    page = opened_by(
        open_page, world, f"138333301{LOOKS.index((locale, scheme, viewport)):02d}", "/m/",
        "欧阳" * 30, locale=locale, scheme=scheme, viewport=viewport,
    )  # fmt: skip
    for path in PAGES:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        expect(page.get_by_test_id("loading")).to_have_count(0)
        expect(page.get_by_test_id("sign-out")).to_be_visible()
        assert violations(page) == [], path
        assert overflow(page) == 0, path


@pytest.mark.parametrize("locale", ["zh-CN", "en-US"])
def test_the_narrowest_phone_has_room(open_page: OpenPage, world: World, locale: str) -> None:
    number = {"zh-CN": "13833330021", "en-US": "13833330022"}[locale]
    page = opened_by(open_page, world, number, "/m/", "W" * 64, locale=locale, viewport=NARROW)
    for path in ("/m/", *PAGES):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        page.get_by_test_id("sign-out").click()  # asks, and is wider by that
        assert overflow(page) == 0, path


def test_what_cannot_be_read_says_so_and_is_read_again(open_page: OpenPage, world: World, failures: list[str]) -> None:
    def broken(route: Route) -> None:
        route.fulfill(status=503, json={"code": "unavailable", "detail": "", "status": 503})

    page = opened_by(open_page, world, "13833330031", "/m/")
    for path, asked in {
        "/m/me/profile": "me/profile", "/m/me/consents": "me/consents/texts", "/m/trial": "me/trials/offers",
        "/m/me/data": "me", "/m/me": "me",
    }.items():  # fmt: skip
        page.route(re.compile(f"/api/member/v1/{asked}$"), broken)
        page.goto(path)
        expect(page.get_by_test_id("failure").first).to_be_visible()
        page.unroute_all()
        page.get_by_role("button", name="重试").first.click()
        expect(page.get_by_test_id("failure")).to_have_count(0)
    failures.clear()
