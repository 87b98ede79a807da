"""Passkeys at the console: in place of the code, alone, and every confusion that must not let in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from huixiang.entry.keys import console_passkeys
from huixiang.kernel.clock import SettableClock
from huixiang.members.adapters.key_file import FileKeys
from huixiang.platform.db import Database
from huixiang.platform.settings import Settings, SettingsError
from huixiang.staff import service
from huixiang.staff.model import Role
from huixiang.staff.model.errors import StaffPasskeyUnknown
from huixiang.staff.model.passkeys import StaffPasskeyTerms
from tests.members.authenticator import ORIGIN, PRESENT, SITE, Authenticator
from tests.staff.people import ACCOUNTS, MINE, SESSION, House, Person, house_of, refused

pytestmark = pytest.mark.requirement("CON-01")
REFUSED = (403, "staff_passkey_refused")


@pytest_asyncio.fixture
async def house(db: Database, keys: FileKeys, clock: SettableClock) -> AsyncIterator[House]:
    service.use_staff_passkeys(console_passkeys(Settings(environment="test", console_origin=ORIGIN)))
    async with house_of(db, keys, clock) as made:
        yield made
    service.use_staff_passkeys(None)


@pytest_asyncio.fixture
async def lin(house: House) -> Person:
    return await house.person("lin", Role.CUSTOMER_SERVICE)


def proof(device: Authenticator, options: dict[str, Any], **wrong: Any) -> dict[str, Any]:
    said = device.use(options, **wrong)
    del said["device"]
    return said


async def creation(person: Person) -> dict[str, Any]:
    answer = await person.send("POST", f"{MINE}/passkeys/options")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["public_key"]
    return found


async def keep(person: Person, made: dict[str, Any]) -> Any:
    return await person.send("POST", f"{MINE}/passkeys", **made, name="锁匙")


async def with_passkey(person: Person) -> Authenticator:
    device = Authenticator()
    made = await keep(person, device.create(await creation(person)))
    assert made.status_code == 201, made.text
    return device


async def asked(person: Person) -> dict[str, Any]:
    answer = await person.browser.post(f"{SESSION}/passkey/options")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["public_key"]
    return found


async def show(person: Person, shown: dict[str, Any]) -> Any:
    return person.signed_in(await person.browser.post(f"{SESSION}/passkey", json=shown))


async def with_password(person: Person, shown: dict[str, Any], **other: Any) -> Any:
    body = person.shown(passkey=shown) | other
    del body["code"]
    return person.signed_in(await person.browser.post(SESSION, json=body))


async def test_a_passkey_signs_in_in_place_of_the_code_and_alone(lin: Person) -> None:
    device = await with_passkey(lin)
    second = await with_password(lin, proof(device, await asked(lin)))
    assert (second.status_code, second.json()["username"]) == (201, "lin")
    alone = await show(lin, proof(device, await asked(lin)))
    assert (alone.status_code, alone.json()["staff_id"]) == (201, lin.id)
    methods = [one["method"] for one in (await lin.get(f"{MINE}/sessions")).json()]
    assert sorted(methods) == ["passkey", "password_code", "password_passkey"]
    [listed] = (await lin.get(f"{MINE}/passkeys")).json()
    assert (listed["name"], listed["used_at"] is not None) == ("锁匙", True)


async def test_a_passkey_alone_proves_no_password(house: House, lin: Person) -> None:
    device = await with_passkey(lin)
    await show(lin, proof(device, await asked(lin)))
    assert refused(await lin.send("POST", f"{MINE}/passkeys/options")) == (403, "proof_needed")
    shown = proof(device, await asked(lin))
    assert (await lin.send("POST", f"{MINE}/proof", password=lin.password, passkey=shown)).status_code == 204
    assert await creation(lin)
    house.clock.advance(timedelta(minutes=10))
    assert refused(await lin.send("POST", f"{MINE}/passkeys/options")) == (403, "proof_needed")
    [mine] = (await lin.get(f"{MINE}/passkeys")).json()
    assert refused(await lin.send("DELETE", f"{MINE}/passkeys/{mine['passkey_id']}")) == (403, "proof_needed")


async def test_a_passkey_without_the_password_is_half_of_a_sign_in(lin: Person) -> None:
    device = await with_passkey(lin)
    wrong = await with_password(lin, proof(device, await asked(lin)), password="wrong")
    assert refused(wrong) == (401, "sign_in_refused")
    neither = await lin.browser.post(SESSION, json={"username": "lin", "password": lin.password})
    both = await lin.browser.post(SESSION, json=lin.shown(passkey=proof(device, await asked(lin))))
    assert [refused(one) for one in (neither, both)] == [(422, "input_invalid")] * 2


async def test_a_passkey_is_good_for_its_owner_alone(house: House, lin: Person) -> None:
    device = await with_passkey(lin)
    zhou = await house.person("zhou", Role.FINANCE)
    assert refused(await with_password(zhou, proof(device, await asked(zhou)))) == (401, "sign_in_refused")
    thief = Authenticator()
    thief.credential_id, thief.user_handle = device.credential_id, device.user_handle
    assert refused(await show(zhou, proof(thief, await asked(zhou), count=99))) == REFUSED
    [mine] = (await lin.get(f"{MINE}/passkeys")).json()
    await zhou.send("DELETE", f"{MINE}/passkeys/{mine['passkey_id']}")
    assert (await show(lin, proof(device, await asked(lin)))).status_code == 201


@pytest.mark.parametrize(
    "wrong",
    [
        {"site": "evil.example"},
        {"origin": "https://evil.example"},
        {"kind": "webauthn.create"},
        {"flags": PRESENT},
        {"user_handle": bytes(16)},
        {"count": 0},
    ],
)
async def test_what_is_wrong_with_an_answer_lets_nobody_in(lin: Person, wrong: dict[str, Any]) -> None:
    device = await with_passkey(lin)
    assert refused(await show(lin, proof(device, await asked(lin), **wrong))) == REFUSED
    assert refused(await with_password(lin, proof(device, await asked(lin), **wrong))) == (401, "sign_in_refused")
    assert (await show(lin, proof(device, await asked(lin)))).status_code == 201


async def test_a_challenge_is_answered_once_within_five_minutes(house: House, lin: Person) -> None:
    device = await with_passkey(lin)
    said = proof(device, await asked(lin))
    assert (await show(lin, said)).status_code == 201
    assert refused(await show(lin, said)) == REFUSED
    late = await asked(lin)
    house.clock.advance(timedelta(minutes=5))
    assert refused(await show(lin, proof(device, late))) == REFUSED


async def test_what_is_wrong_with_a_new_passkey_keeps_none(lin: Person) -> None:
    for wrong in ({"site": "evil.example"}, {"origin": "https://evil.example"}, {"flags": PRESENT}):
        made = Authenticator().create(await creation(lin), **wrong)
        assert refused(await keep(lin, made)) == REFUSED
    assert (await lin.get(f"{MINE}/passkeys")).json() == []


async def test_who_is_disabled_does_not_come_in_and_a_lock_does_not_keep_a_passkey_out(
    house: House, lin: Person
) -> None:
    device = await with_passkey(lin)
    for _ in range(6):
        await lin.browser.post(SESSION, json=lin.shown(password="wrong"))
    assert (await show(lin, proof(device, await asked(lin)))).status_code == 201
    admin = await house.person("admin", Role.ADMIN)
    assert (await admin.get(f"{ACCOUNTS}/{lin.id}")).json()["passkeys"] == 1
    await admin.send("POST", f"{ACCOUNTS}/{lin.id}/disable", reason="left")
    assert refused(await show(lin, proof(device, await asked(lin)))) == REFUSED


async def test_where_no_origin_is_named_there_are_none(lin: Person) -> None:
    service.use_staff_passkeys(console_passkeys(Settings(environment="test")))
    answer = await lin.browser.post(f"{SESSION}/passkey/options")
    assert refused(answer) == (409, "staff_passkeys_not_configured")


def test_the_origin_is_a_setting_and_has_tls_in_production() -> None:
    assert console_passkeys(Settings.load({"HUIXIANG_CONSOLE_ORIGIN": ORIGIN})) == StaffPasskeyTerms(SITE, ORIGIN)
    with pytest.raises(SettingsError, match="https:// in production"):
        Settings.load({"HUIXIANG_CONSOLE_ORIGIN": "http://shop.example"})


async def test_a_passkey_goes_by_the_name_that_its_owner_gives_it(house: House, lin: Person, db: Database) -> None:
    await with_passkey(lin)
    kept = (await lin.get(f"{MINE}/passkeys")).json()[0]
    other = await house.person("other", Role.ANALYST)
    async with db.transaction() as tx:
        with pytest.raises(StaffPasskeyUnknown):
            await service.rename_staff_passkey(tx, UUID(other.id), UUID(kept["passkey_id"]), "theirs")
        await service.rename_staff_passkey(tx, UUID(lin.id), UUID(kept["passkey_id"]), "前台")
    assert [one["name"] for one in (await lin.get(f"{MINE}/passkeys")).json()] == ["前台"]
    assert service.staff_passkeys_wired()
