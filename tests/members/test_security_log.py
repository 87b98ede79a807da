"""What whoever watches over security reads of members and staff who show who they are: ids, means, and why not."""

from __future__ import annotations

from collections.abc import AsyncIterator, MutableMapping
from typing import Any

import pytest
import pytest_asyncio
from structlog.testing import capture_logs

from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.staff import service as staff
from huixiang.staff.model import Role
from tests.members.signing import PATH, PHONE, People, another, people

pytestmark = pytest.mark.requirement("SEC-01")
Lines = list[MutableMapping[str, Any]]


@pytest_asyncio.fixture
async def town(db: Database, clock: SettableClock) -> AsyncIterator[People]:
    async with people(db, clock) as made:
        yield made


def security(lines: Lines) -> list[tuple[str, str, str, str, str | None, str | None]]:
    return [
        (one["log_level"], one["outcome"], one["kind"], one["means"], one.get("code"), one.get("reason"))
        for one in lines
        if one["event"] == "authentication"
    ]


async def test_members_who_come_in_and_who_do_not(town: People) -> None:
    with capture_logs() as lines:
        right = await town.asked()
        await town.verify(right | {"code": another(right["code"])})
        tokens = (await town.verify(right)).json()
        await town.verify(right)
        assert (await town.refresh(tokens["refresh_token"])).status_code == 200
        await town.refresh("x.y")
        own = town.own(tokens)
        asked = (await town.client.post("/api/member/v1/me/fresh/codes", headers=own)).json()
        wrong = {"challenge": asked["challenge"], "code": another((await town.received())[0])}
        await town.client.post("/api/member/v1/me/fresh", json=wrong, headers=own)
    assert security(lines) == [
        ("warning", "refused", "member", "phone_code", "sign_in_code_refused", "wrong"),
        ("info", "accepted", "member", "phone_code", None, None),
        ("warning", "refused", "member", "phone_code", "sign_in_code_refused", "used"),
        ("warning", "refused", "member", "refresh_token", "not_authenticated", None),
        ("warning", "refused", "member", "phone_code_again", "sign_in_code_refused", "wrong"),
    ]
    accepted, again = (
        one for one in lines if one.get("outcome") == "accepted" or one.get("means") == "phone_code_again"
    )
    assert {str(accepted["member_id"]), str(again["member_id"])} == {tokens["member_id"]}
    assert (str(accepted["device_id"]), accepted["registered"]) == (tokens["device_id"], True)
    written = str([one for one in lines if one["event"] == "authentication"])
    for secret in (PHONE, PHONE[3:], right["code"], right["challenge"], tokens["refresh_token"], "127.0.0.1"):
        assert secret not in written


async def test_a_means_that_is_not_there_is_refused_by_its_name(town: People) -> None:
    with capture_logs() as lines:
        await town.client.post(f"{PATH}/provider", json={"provider": "wechat", "code": "c", "device": {"kind": "app"}})
        await town.client.post(f"{PATH}/ticket", json={"ticket": "x" * 40, "device": {"kind": "app"}})
    assert [(outcome, means) for _, outcome, _, means, _, _ in security(lines)] == [
        ("refused", "wechat"),
        ("refused", "ticket"),
    ]


async def test_staff_who_come_in_and_who_do_not(town: People) -> None:
    async with town.db.transaction() as tx:
        made = await staff.add_account(tx, "zhoulan", "周岚", Role.FINANCE, "tests", lasting=True)
    code = staff.current_code(made.totp_secret, town.clock.now())
    body = {"username": "zhoulan", "password": "not the password", "code": code}
    with capture_logs() as lines:
        await town.client.post("/api/console/v1/session", json=body)
        await town.client.post("/api/console/v1/session", json=body | {"password": made.password})
    assert security(lines) == [
        ("warning", "refused", "staff", "password", "sign_in_refused", None),
        ("info", "accepted", "staff", "password", None, None),
    ]
    written = [one for one in lines if one["event"] == "authentication"]
    assert written[1]["staff_id"] == made.account.staff_id
    assert not [secret for secret in ("zhoulan", "not the password", made.password, code) if secret in str(written)]
