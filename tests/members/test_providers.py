"""Signing in through WeChat and Alipay, against a provider in a process of its own."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Any

import httpx
import pytest
import pytest_asyncio

from huixiang.entry.sandbox.installation import ALIPAY_APP, WECHAT_APPS
from huixiang.entry.sign_in import use_sign_in
from huixiang.kernel.clock import SettableClock
from huixiang.members.model import State
from huixiang.platform.db import Database
from huixiang.platform.settings import CannotRun, Settings
from tests.members.outside import Sandbox, running
from tests.members.signing import PATH, PHONE, People, people, refused
from tests.members.test_sign_in import set_state

LETTERS = ascii_uppercase + ascii_lowercase + digits + "-_"  # of base64url, in its order

H5 = {"kind": "h5"}
PAGES, APP, MINI = WECHAT_APPS
NAMED = {"wechat": "code", "alipay": "auth_code"}


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with running(tmp_path_factory.mktemp("sandbox")) as sandbox:
        yield sandbox


@pytest_asyncio.fixture
async def town(db: Database, clock: SettableClock, outside: Sandbox) -> AsyncIterator[People]:
    async with people(db, clock) as made:
        use_sign_in(Settings(environment="test", sign_in_file=outside.sign_in_file))
        yield made
        use_sign_in(Settings(environment="test"))


async def visit(town: People, provider: str = "wechat", **more: str) -> dict[str, Any]:
    answer = await town.client.post(f"{PATH}/visits", json={"provider": provider} | more)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def come_back(
    town: People, outside: Sandbox, provider: str = "wechat", person: str = "王小明", **more: str
) -> dict[str, Any]:
    """The proof of somebody who went to a provider and came back."""
    door = await visit(town, provider, **more)
    back = outside.agree(door["authorize_url"], person)
    return {
        "provider": provider,
        "code": back[NAMED[provider]],
        "flow": door["flow"],
        "state": back["state"],
        "device": H5,
    }


async def redeem(town: People, proof: dict[str, Any]) -> httpx.Response:
    return await town.client.post(f"{PATH}/provider", json=proof)


async def outcome(town: People, proof: dict[str, Any]) -> dict[str, Any]:
    answer = await redeem(town, proof)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def join(town: People, ticket: str) -> httpx.Response:
    return await town.client.post(f"{PATH}/ticket", json={"ticket": ticket, "device": H5})


def reason(answer: httpx.Response) -> str:
    assert refused(answer) == (403, "provider_refused"), answer.text
    return str(answer.json()["reason"])


@pytest.mark.requirement("MEM-01")
@pytest.mark.requirement("MEM-03")
@pytest.mark.parametrize("provider", ["wechat", "alipay"])
async def test_joining_by_a_provider_takes_two_steps_and_the_next_time_one(
    town: People, outside: Sandbox, provider: str
) -> None:
    first = await outcome(town, await come_back(town, outside, provider, return_to="/m/coupons?tab=1"))
    assert (first["signed_in"], first["return_to"]) == (None, "/m/coupons?tab=1")
    joined = (await join(town, first["ticket"])).json()
    assert joined["registered"] is True
    card = (await town.client.get("/api/member/v1/me", headers=town.own(joined))).json()
    assert (card["member_id"], card["channel"]) == (joined["member_id"], "h5")
    again = await outcome(town, await come_back(town, outside, provider))
    assert (again["signed_in"]["member_id"], again["ticket"]) == (joined["member_id"], None)
    devices = await town.client.get("/api/member/v1/me/devices", headers=town.own(joined))
    assert {one["method"] for one in devices.json()} == {provider}


@pytest.mark.requirement("MEM-02")
@pytest.mark.requirement("MEM-03")
async def test_a_first_sign_in_by_a_provider_links_to_the_member_of_the_phone(town: People, outside: Sandbox) -> None:
    known = await town.sign_in()
    ticket = (await outcome(town, await come_back(town, outside)))["ticket"]
    linked = await town.sign_in(ticket=ticket)
    assert (linked["member_id"], linked["registered"]) == (known["member_id"], False)
    again = await outcome(town, await come_back(town, outside))
    assert again["signed_in"]["member_id"] == known["member_id"]


@pytest.mark.requirement("MEM-01")
async def test_who_comes_new_by_a_provider_joins_with_their_phone(town: People, outside: Sandbox) -> None:
    ticket = (await outcome(town, await come_back(town, outside, "alipay")))["ticket"]
    joined = await town.sign_in(ticket=ticket)
    assert joined["registered"] is True
    assert (await town.sign_in())["member_id"] == joined["member_id"]
    assert (await outcome(town, await come_back(town, outside, "alipay")))["signed_in"] is not None


@pytest.mark.requirement("MEM-02")
async def test_one_person_is_one_member_in_pages_app_and_mini_program(town: People, outside: Sandbox) -> None:
    ticket = (await outcome(town, await come_back(town, outside)))["ticket"]
    joined = (await join(town, ticket)).json()
    for kind, app_id in (("app", APP), ("mini_program", MINI)):
        proof = {"provider": "wechat", "code": outside.kit(app_id), "device": {"kind": kind}}
        assert (await outcome(town, proof))["signed_in"]["member_id"] == joined["member_id"]
    card = (await town.client.get("/api/member/v1/me", headers=town.own(joined))).json()
    assert {one["source"] for one in card["external_ids"]} == {"wechat", *(f"wechat.{app}" for app in WECHAT_APPS)}


async def test_alipay_signs_in_its_mini_program(town: People, outside: Sandbox) -> None:
    proof = {"provider": "alipay", "code": outside.kit(ALIPAY_APP), "device": {"kind": "mini_program"}}
    assert (await join(town, (await outcome(town, proof))["ticket"])).status_code == 200


async def test_somebody_without_a_shared_name_is_known_by_that_of_the_application(
    town: People, outside: Sandbox
) -> None:
    ticket = (await outcome(town, await come_back(town, outside, person="张大山")))["ticket"]
    joined = (await join(town, ticket)).json()
    again = await outcome(town, await come_back(town, outside, person="张大山"))
    assert again["signed_in"]["member_id"] == joined["member_id"]
    card = (await town.client.get("/api/member/v1/me", headers=town.own(joined))).json()
    assert [one["source"] for one in card["external_ids"]] == [f"wechat.{PAGES}"]


async def test_a_name_of_another_member_is_not_linked(town: People, outside: Sandbox) -> None:
    ticket = (await outcome(town, await come_back(town, outside)))["ticket"]
    mine = await town.sign_in(ticket=ticket)
    other = await town.sign_in("13900000000")
    proof = await town.asked("13900000000")
    assert refused(await town.verify(proof | {"ticket": ticket})) == (409, "identity_taken")
    newcomer = await town.asked("13900000001")
    assert refused(await town.verify(newcomer | {"ticket": ticket})) == (409, "identity_taken")
    found = await outcome(town, await come_back(town, outside))
    assert found["signed_in"]["member_id"] == mine["member_id"] != other["member_id"]


async def test_a_state_that_this_page_did_not_begin_is_refused(town: People, outside: Sandbox) -> None:
    """Somebody else's code and state, brought to a page of mine, would sign me in as them."""
    mine, theirs = await come_back(town, outside), await come_back(town, outside, person="李小红")
    assert reason(await redeem(town, theirs | {"flow": mine["flow"]})) == "state"
    assert reason(await redeem(town, theirs | {"flow": "made-up"})) == "state"
    assert reason(await redeem(town, mine | {"state": theirs["state"]})) == "state"
    assert reason(await redeem(town, mine | {"provider": "alipay"})) == "state"
    assert (await redeem(town, mine)).status_code == 200


async def test_a_visit_is_redeemed_once_and_for_ten_minutes(town: People, outside: Sandbox) -> None:
    proof = await come_back(town, outside)
    answers = await asyncio.gather(*(redeem(town, proof) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 403, 403, 403]
    late = await come_back(town, outside)
    town.clock.advance(timedelta(minutes=10))
    assert reason(await redeem(town, late)) == "state"


async def test_a_page_cannot_leave_out_what_it_began(town: People, outside: Sandbox) -> None:
    proof = await come_back(town, outside)
    for left_out in ("flow", "state"):
        short = {name: value for name, value in proof.items() if name != left_out}
        assert refused(await redeem(town, short)) == (422, "input_invalid")
    bare = {"provider": "wechat", "code": proof["code"], "device": {"kind": "app"}}
    assert reason(await redeem(town, bare)) == "code"


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/m//evil.example",
        "/m/../console/",
        "/m/..",
        "/m/%2e%2e/console/",
        "javascript:alert(1)",
        "/m/x\r\nLocation: https://evil.example",
        "/console/",
        "",
    ],
)
async def test_open_redirect_is_refused(town: People, path: str) -> None:
    answer = await town.client.post(f"{PATH}/visits", json={"provider": "wechat", "return_to": path})
    assert refused(answer) == (422, "input_invalid")


async def test_the_browser_is_sent_to_the_provider_in_the_order_that_it_compares(town: People) -> None:
    wechat = (await visit(town))["authorize_url"].partition("?")[2]
    assert [part.partition("=")[0] for part in wechat.removesuffix("#wechat_redirect").split("&")] == [
        "appid", "redirect_uri", "response_type", "scope", "state",
    ]  # fmt: skip
    assert wechat.endswith("#wechat_redirect")


async def test_a_code_is_good_once_and_for_its_own_application(town: People, outside: Sandbox) -> None:
    code = outside.kit(APP)
    proof = {"provider": "wechat", "code": code, "device": {"kind": "app"}}
    assert reason(await redeem(town, proof | {"device": {"kind": "mini_program"}})) == "code"
    assert (await redeem(town, proof)).status_code == 200
    assert reason(await redeem(town, proof)) == "code"
    alipay = {"provider": "alipay", "code": "0" * 32, "device": {"kind": "app"}}
    assert reason(await redeem(town, alipay)) == "code"


@pytest.mark.parametrize("provider", ["wechat", "alipay"])
@pytest.mark.parametrize("fault", ["fail", "garbage", "expire"])
async def test_a_provider_that_fails_lets_nobody_in(town: People, outside: Sandbox, provider: str, fault: str) -> None:
    proof = await come_back(town, outside, provider)
    outside.will(fault=fault)
    assert refused(await redeem(town, proof)) == (503, "provider_unavailable")


async def test_a_token_that_has_run_out_lets_nobody_in(town: People, outside: Sandbox) -> None:
    proof = await come_back(town, outside)
    outside.will(fault="expire", at="userinfo")
    assert refused(await redeem(town, proof)) == (503, "provider_unavailable")


async def test_a_provider_that_is_slow_is_waited_for(town: People, outside: Sandbox) -> None:
    proof = await come_back(town, outside)
    outside.will(fault="delay", seconds=0.3)
    assert (await redeem(town, proof)).status_code == 200


@pytest.mark.parametrize("provider", ["wechat", "alipay"])
async def test_a_request_that_arrives_twice_is_begun_again(town: People, outside: Sandbox, provider: str) -> None:
    proof = await come_back(town, outside, provider)
    outside.will(fault="double")
    assert reason(await redeem(town, proof)) == "code"
    assert (await redeem(town, await come_back(town, outside, provider))).status_code == 200


async def test_an_account_that_wechat_made_up_for_a_visitor_is_nobody(town: People, outside: Sandbox) -> None:
    proof = await come_back(town, outside)
    outside.will(fault="snapshot")
    assert reason(await redeem(town, proof)) == "visitor"


async def test_tickets_run_out_and_cannot_be_made(town: People, outside: Sandbox) -> None:
    ticket = (await outcome(town, await come_back(town, outside)))["ticket"]
    assert "o6_bm" not in ticket
    at = LETTERS.index(ticket[-1])  # its lowest bits may say nothing: others are another spelling of the same bytes
    for forged in (*(ticket[:-1] + LETTERS[at ^ bit] for bit in (1, 2, 16, 32)), "A" * 64, "A" * 65):
        assert reason(await join(town, forged)) == "ticket"
    town.clock.advance(timedelta(minutes=15))
    assert reason(await join(town, ticket)) == "ticket"
    assert reason(await town.verify(await town.asked() | {"ticket": ticket})) == "ticket"


async def test_a_ticket_joins_once_whoever_repeats_it(town: People, outside: Sandbox) -> None:
    ticket = (await outcome(town, await come_back(town, outside)))["ticket"]
    answers = await asyncio.gather(*(join(town, ticket) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {200}, [answer.text for answer in answers]
    assert len({answer.json()["member_id"] for answer in answers}) == 1
    assert sorted(answer.json()["registered"] for answer in answers) == [*[False] * 5, True]


@pytest.mark.requirement("MEM-14")
async def test_who_is_blocked_does_not_come_in_by_a_provider(town: People, outside: Sandbox) -> None:
    joined = (await join(town, (await outcome(town, await come_back(town, outside)))["ticket"])).json()
    await set_state(town.db, joined["member_id"], State.BLOCKED)
    assert refused(await redeem(town, await come_back(town, outside))) == (409, "member_state_refuses")


async def test_a_provider_that_is_not_set_up_says_so(town: People) -> None:
    use_sign_in(Settings(environment="test"))
    answer = await town.client.post(f"{PATH}/visits", json={"provider": "wechat"})
    assert refused(answer) == (409, "provider_not_configured")
    assert (await town.ask(PHONE)).status_code == 200


@pytest.mark.requirement("MEM-03")
def test_production_refuses_to_start_with_a_sandbox_provider(outside: Sandbox) -> None:
    env = {
        **os.environ,
        "HUIXIANG_HOME": str(outside.sign_in_file.parent),
        "HUIXIANG_DATABASE_URL": "postgresql://nobody@/none",
        "HUIXIANG_SIGN_IN_FILE": str(outside.sign_in_file),
    }
    started = [sys.executable, "-c", "from huixiang.entry.http import create_app; create_app()"]
    for environment, code in (("production", 1), ("test", 0)):
        env["HUIXIANG_ENVIRONMENT"] = environment
        done = subprocess.run(started, check=False, env=env, capture_output=True, text=True)  # noqa: S603 - ours
        assert done.returncode == code, done.stderr
        assert ("sandbox stands in for identity providers, which production refuses" in done.stderr) == bool(code)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('sandbox = "', 'sandbx = "', "unknown field"),
        ('app_id = "wx', 'app_id = "wx/', "Expected"),
        ("alipay-app.pem", "none.pem", "there is no key file"),
        ("alipay-app.pem", "sign-in.toml", "holds no key"),
        ("https://shop.example", "shop.example", "Expected"),
    ],
)
def test_a_sign_in_file_that_says_something_else_is_refused(
    outside: Sandbox, before: str, after: str, said: str
) -> None:
    file = outside.sign_in_file.parent / "other.toml"
    file.write_text(outside.sign_in_file.read_text().replace(before, after))
    file.chmod(0o600)
    with pytest.raises(CannotRun, match=said):
        use_sign_in(Settings(environment="test", sign_in_file=file))


def test_a_sign_in_file_that_others_can_read_is_refused(outside: Sandbox) -> None:
    file = outside.sign_in_file.parent / "open.toml"
    file.write_text(outside.sign_in_file.read_text())
    file.chmod(0o644)
    with pytest.raises(CannotRun, match="can be read by others"):
        use_sign_in(Settings(environment="test", sign_in_file=file))


def test_production_refuses_codes_that_come_back_without_tls(outside: Sandbox) -> None:
    file = outside.sign_in_file.parent / "plain.toml"
    lines = outside.sign_in_file.read_text().replace("https://shop", "http://shop").splitlines(keepends=True)
    file.write_text("".join(line for line in lines if not line.startswith("sandbox")))
    file.chmod(0o600)
    with pytest.raises(CannotRun, match="without TLS"):
        use_sign_in(Settings(environment="production", sign_in_file=file))
