"""Accounts of people at the console: their sessions, their passwords, being kept out, and a second factor replaced."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import pytest_asyncio

from huixiang.entry.keys import session_terms
from huixiang.kernel.clock import SettableClock
from huixiang.members.adapters.key_file import FileKeys
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from huixiang.platform.settings import Settings, SettingsError
from huixiang.staff import service
from huixiang.staff.handlers import SUBSCRIPTIONS
from huixiang.staff.model import Role
from huixiang.staff.model.sessions import SessionTerms
from tests.staff.people import ACCOUNTS, MINE, SESSION, House, Person, house_of, refused

pytestmark = pytest.mark.requirement("CON-01")
APPROVALS = "/api/console/v1/approvals"


@pytest_asyncio.fixture
async def house(db: Database, keys: FileKeys, clock: SettableClock) -> AsyncIterator[House]:
    async with house_of(db, keys, clock) as made:
        yield made


@pytest_asyncio.fixture
async def admin(house: House) -> Person:
    return await house.person("admin", Role.ADMIN)


async def of_account(admin: Person, whom: Person, what: str, **body: Any) -> Any:
    return await admin.send("POST", f"{ACCOUNTS}/{whom.id}/{what}", **body)


async def test_one_sees_where_one_is_signed_in_and_ends_it_there(house: House) -> None:
    phone = await house.person("lin", Role.CUSTOMER_SERVICE)
    desk, lost = await house.browser_of(phone), await house.browser_of(phone)
    shown = (await desk.get(f"{MINE}/sessions")).json()
    assert [one["current"] for one in shown] == [False, True, False]
    assert {one["method"] for one in shown} == {"password_code"}
    assert "httpx" in shown[0]["agent"]
    assert (await desk.send("DELETE", f"{MINE}/sessions/{shown[0]['session_id']}")).status_code == 204
    assert [await one.is_in() for one in (phone, desk, lost)] == [True, True, False]
    ended = await desk.send("DELETE", f"{MINE}/sessions")
    assert ended.json() == {"sessions": 1}
    assert [await one.is_in() for one in (phone, desk)] == [False, True]
    other = await house.person("zhou", Role.FINANCE)
    theirs = (await other.get(f"{MINE}/sessions")).json()[0]["session_id"]
    assert refused(await desk.send("DELETE", f"{MINE}/sessions/{theirs}")) == (404, "session_unknown")
    assert await other.is_in()


async def test_a_stolen_cookie_ends_no_other_session(house: House) -> None:
    """Its owner would be shut out by it; the session that asks ends without a proof."""
    mine = await house.person("lin", Role.CUSTOMER_SERVICE)
    stolen = await house.browser_of(mine)
    house.clock.advance(timedelta(minutes=10))
    shown = (await stolen.get(f"{MINE}/sessions")).json()
    owner, own = (next(one["session_id"] for one in shown if one["current"] is current) for current in (False, True))
    assert refused(await stolen.send("DELETE", f"{MINE}/sessions/{owner}")) == (403, "proof_needed")
    assert refused(await stolen.send("DELETE", f"{MINE}/sessions")) == (403, "proof_needed")
    assert await mine.is_in()
    proof = {name: value for name, value in mine.shown().items() if name != "username"}
    assert (await mine.send("POST", f"{MINE}/proof", **proof)).status_code == 204
    assert (await mine.send("DELETE", f"{MINE}/sessions/{own}")).status_code == 204
    assert not await stolen.is_in()
    house.clock.advance(timedelta(minutes=10))
    assert (await mine.send("DELETE", f"{MINE}/sessions/{owner}")).status_code == 204
    assert not await mine.is_in()


async def test_administrators_see_and_end_the_sessions_of_others(
    house: House, admin: Person, superuser: psycopg.Connection[Any]
) -> None:
    lin = await house.person("lin", Role.CUSTOMER_SERVICE)
    desk = await house.browser_of(lin)
    shown = (await admin.get(f"{ACCOUNTS}/{lin.id}/sessions")).json()
    assert len(shown) == 2
    one = await of_account(admin, lin, "sessions/end", reason="phone lost", session_id=shown[1]["session_id"])
    assert (one.status_code, one.json()) == (200, {"sessions": 1})
    assert [await one.is_in() for one in (lin, desk)] == [False, True]
    await of_account(admin, lin, "sessions/end", reason="desk too")
    assert not await desk.is_in()
    why = superuser.execute(
        "SELECT reason FROM staff.audit WHERE action = 'session.ended' ORDER BY audit_id"
    ).fetchall()
    assert why == [("phone lost",), ("desk too",)]
    assert refused(await lin.browser.get(f"{ACCOUNTS}/{admin.id}/sessions"))[0] == 401
    clerk = await house.person("chen", Role.OPERATIONS)
    assert refused(await clerk.get(f"{ACCOUNTS}/{admin.id}/sessions")) == (403, "permission_missing")
    assert refused(await of_account(clerk, admin, "sessions/end", reason="r")) == (403, "permission_missing")


async def test_who_is_disabled_is_out_at_once_and_their_keys_are_told(
    house: House, admin: Person, superuser: psycopg.Connection[Any]
) -> None:
    other = await house.person("wang", Role.ADMIN)
    async with house.db.transaction() as tx:
        key = await service.create_key(tx, "till", ["members:read"], by=f"staff:{other.id}")
        await service.create_key(tx, "shop", ["members:read"], by="cli")
    asked = await other.send("POST", f"{ACCOUNTS}/{admin.id}/totp/reset", reason="lost")
    out = await of_account(admin, other, "disable", reason="left the company")
    assert out.status_code == 200, out.text
    told = out.json()
    assert (told["sessions_ended"], [one["key_id"] for one in told["keys"]]) == (1, [str(key.key.key_id)])
    assert told["requests"] == [asked.json()["approval_id"]]
    assert told["account"]["disabled_at"] is not None
    assert not await other.is_in()
    assert refused(await other.sign_in()) == (401, "sign_in_refused")
    assert (await of_account(admin, other, "disable", reason="again")).json()["sessions_ended"] == 0
    back = await of_account(admin, other, "enable", reason="came back")
    assert back.json()["disabled_at"] is None
    assert not await other.is_in(), "what had ended stays ended"
    assert (await other.sign_in()).status_code == 201
    said = superuser.execute(
        "SELECT action, reason FROM staff.audit WHERE action LIKE 'staff.%abled' ORDER BY audit_id"
    ).fetchall()
    assert said == [("staff.disabled", "left the company"), ("staff.enabled", "came back")]


async def test_nobody_disables_themselves_nor_the_last_administrator(house: House, admin: Person) -> None:
    assert refused(await of_account(admin, admin, "disable", reason="r")) == (409, "staff_own_account")
    second = await house.person("wang", Role.ADMIN)
    assert (await of_account(second, admin, "disable", reason="r")).status_code == 200
    third = await house.person("zhao", Role.ADMIN)
    assert (await of_account(second, third, "disable", reason="r")).status_code == 200
    async with house.db.transaction() as tx:
        with pytest.raises(Exception, match="last administrator"):
            await service.disable(tx, second.made.account.staff_id, "r", third.made.account.staff_id)


async def test_accounts_are_listed_page_by_page(house: House, admin: Person) -> None:
    for name in ("lin", "zhou"):
        await house.person(name, Role.FINANCE, signed_in=False)
    first = (await admin.get(f"{ACCOUNTS}?limit=2")).json()
    rest = (await admin.get(f"{ACCOUNTS}?limit=2&cursor={first['next_cursor']}")).json()
    assert [one["username"] for one in [*first["items"], *rest["items"]]] == ["admin", "lin", "zhou"]
    assert (await admin.get(f"{ACCOUNTS}/{admin.id}")).json()["sessions"] == 1
    assert not {"password_hash", "totp_sealed"} & first["items"][0].keys()


async def test_a_password_is_changed_after_a_proof_and_other_sessions_end(house: House) -> None:
    lin = await house.person("lin", Role.CUSTOMER_SERVICE)
    desk = await house.browser_of(lin)
    house.clock.advance(timedelta(minutes=11))
    new = "tofu-and-spring-onions"
    assert refused(await lin.send("POST", f"{MINE}/password", password=new)) == (403, "proof_needed")
    wrong = await lin.send("POST", f"{MINE}/proof", password="wrong", code=lin.shown()["code"])
    assert refused(wrong) == (401, "sign_in_refused")
    proved = await lin.send("POST", f"{MINE}/proof", password=lin.password, code=lin.shown()["code"])
    assert proved.status_code == 204, proved.text
    for unfit in (lin.password, "lin"):
        answer = await lin.send("POST", f"{MINE}/password", password=unfit)
        assert answer.status_code == 422
    changed = await lin.send("POST", f"{MINE}/password", password=new)
    assert changed.json() == {"sessions": 1}
    assert [await one.is_in() for one in (lin, desk)] == [True, False]
    assert refused(await desk.sign_in()) == (401, "sign_in_refused")
    assert (await desk.sign_in(password=new)).status_code == 201


async def test_failing_to_prove_locks_the_name_as_failing_to_sign_in_does(house: House) -> None:
    lin = await house.person("lin", Role.CUSTOMER_SERVICE)
    for _ in range(5):
        await lin.send("POST", f"{MINE}/proof", password="wrong", code="000000")
    answer = await lin.send("POST", f"{MINE}/proof", password=lin.password, code=lin.shown()["code"])
    assert answer.status_code in (204, 429)
    desk = Person(lin.made, lin.browser, house.clock)
    for _ in range(6):
        await desk.browser.post(SESSION, json=lin.shown(password="wrong"))
    assert refused(await desk.browser.post(SESSION, json=lin.shown(password="wrong"))) == (429, "sign_in_locked")


@pytest.mark.requirement("CON-02")
async def test_a_lost_second_factor_is_replaced_by_two_administrators(house: House, admin: Person) -> None:
    lin, second = await house.person("lin", Role.CUSTOMER_SERVICE), await house.person("wang", Role.ADMIN)
    asked = await of_account(admin, lin, "totp/reset", reason="phone in the river")
    assert (asked.status_code, asked.json()["state"]) == (202, "waiting")
    assert refused(await of_account(admin, admin, "totp/reset", reason="r")) == (409, "staff_own_account")
    decision = f"{APPROVALS}/{asked.json()['approval_id']}/decision"
    assert refused(await admin.send("POST", decision, decision="approve", note="n")) == (403, "approval_own")
    assert refused(await of_account(admin, lin, "totp/show")) == (404, "totp_not_to_show")
    assert (await second.send("POST", decision, decision="approve", note="n")).status_code == 200
    await Relay(house.db, list(SUBSCRIPTIONS)).drain()
    assert not await lin.is_in()
    assert refused(await of_account(second, lin, "totp/show")) == (404, "totp_not_to_show")
    shown = (await of_account(admin, lin, "totp/show")).json()
    assert shown["totp_secret"] in shown["provisioning_uri"]
    assert refused(await of_account(admin, lin, "totp/show")) == (404, "totp_not_to_show")
    assert refused(await lin.sign_in()) == (401, "sign_in_refused")
    lin.totp_secret = shown["totp_secret"]
    assert (await lin.sign_in()).status_code == 201


@pytest.mark.requirement("CON-02")
async def test_whose_second_factor_it_is_does_not_decide(house: House, admin: Person) -> None:
    second = await house.person("wang", Role.ADMIN)
    asked = await of_account(admin, second, "totp/reset", reason="lost")
    decision = f"{APPROVALS}/{asked.json()['approval_id']}/decision"
    assert refused(await second.send("POST", decision, decision="approve", note="n")) == (403, "approval_own")


async def test_how_long_sessions_last_is_a_setting(house: House) -> None:
    assert session_terms(Settings.load({})) == SessionTerms(timedelta(minutes=30), timedelta(hours=12))
    given = {"HUIXIANG_STAFF_SESSION_IDLE_MINUTES": "5", "HUIXIANG_STAFF_SESSION_HOURS": "1"}
    lin = await house.person("lin", Role.FINANCE)
    service.use_session_terms(session_terms(Settings.load(given)))
    try:
        house.clock.advance(timedelta(minutes=4))
        assert await lin.is_in()
        house.clock.advance(timedelta(minutes=5))
        assert not await lin.is_in()
        assert (await lin.sign_in()).status_code == 201
        for _ in range(15):
            assert await lin.is_in()
            house.clock.advance(timedelta(minutes=4))
        assert not await lin.is_in(), "an hour is over, however busy it was"
    finally:
        service.use_session_terms(SessionTerms())
    with pytest.raises(SettingsError, match="from 1 to 480"):
        Settings.load({"HUIXIANG_STAFF_SESSION_IDLE_MINUTES": "0"})
