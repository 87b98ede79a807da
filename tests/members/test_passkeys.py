"""Passkeys: making, using, listing and removing them, and every confusion that must not let in."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import pytest_asyncio

from huixiang.entry.sign_in import use_sign_in
from huixiang.kernel.clock import SettableClock
from huixiang.members.model import State
from huixiang.platform.db import Database
from huixiang.platform.settings import CannotRun, Settings
from tests.members.authenticator import ORIGIN, PRESENT, SITE, Authenticator
from tests.members.signing import DEVICES, PATH, People, people, refused
from tests.members.test_sign_in import set_state

MINE = "/api/member/v1/me/passkeys"
REFUSED = (403, "passkey_refused")


def sign_in_file(where: Path, origin: str = ORIGIN) -> Path:
    file = where / "sign-in.toml"
    file.write_text(f'[passkeys]\nsite = "{SITE}"\norigins = ["{origin}"]\n')
    file.chmod(0o600)
    return file


@pytest_asyncio.fixture
async def town(db: Database, clock: SettableClock, tmp_path: Path) -> AsyncIterator[People]:
    async with people(db, clock) as made:
        use_sign_in(Settings(environment="test", sign_in_file=sign_in_file(tmp_path)))
        yield made
        use_sign_in(Settings(environment="test"))


async def creation(town: People, tokens: dict[str, Any]) -> dict[str, Any]:
    answer = await town.client.post(f"{MINE}/options", headers=town.own(tokens))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["public_key"]
    return found


async def keep(town: People, tokens: dict[str, Any], made: dict[str, Any], key: str = "1") -> httpx.Response:
    return await town.client.post(MINE, json=made, headers=town.own(tokens) | {"Idempotency-Key": key})


async def with_passkey(town: People, tokens: dict[str, Any], *, counts: bool = True) -> Authenticator:
    device = Authenticator(counts=counts)
    made = await keep(town, tokens, device.create(await creation(town, tokens)), str(device.credential_id))
    assert made.status_code == 201, made.text
    return device


async def asked(town: People) -> dict[str, Any]:
    answer = await town.client.post(f"{PATH}/passkey/options")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["public_key"]
    return found


async def show(town: People, proof: dict[str, Any]) -> httpx.Response:
    return await town.client.post(f"{PATH}/passkey", json=proof)


@pytest.mark.requirement("MEM-03")
@pytest.mark.parametrize("counts", [True, False])
async def test_a_passkey_signs_in_again_and_again(town: People, counts: bool) -> None:  # noqa: FBT001 - a case
    tokens = await town.sign_in()
    device = await with_passkey(town, tokens, counts=counts)
    for _ in range(3):
        answer = await show(town, device.use(await asked(town)))
        assert answer.status_code == 200, answer.text
        assert (answer.json()["member_id"], answer.json()["registered"]) == (tokens["member_id"], False)
        assert await town.me(answer.json()) == 200
    listed = (await town.client.get(DEVICES, headers=town.own(tokens))).json()
    assert sorted(one["method"] for one in listed) == ["passkey", "passkey", "passkey", "phone_code"]


async def test_the_device_is_asked_to_look_at_its_owner_and_to_know_whose_it_is(town: People) -> None:
    options = await creation(town, await town.sign_in())
    wanted = options["authenticatorSelection"]
    assert (wanted["userVerification"], wanted["residentKey"]) == ("required", "required")
    assert (options["rp"]["id"], options["user"]["name"]) == (SITE, "138****5678")
    request = await asked(town)
    assert (request["userVerification"], request.get("allowCredentials", [])) == ("required", [])


@pytest.mark.requirement("MEM-03")
async def test_a_device_that_counts_backwards_is_refused(town: People) -> None:
    device = await with_passkey(town, await town.sign_in())
    assert (await show(town, device.use(await asked(town), count=7))).status_code == 200
    for count in (7, 6, 0):
        assert refused(await show(town, device.use(await asked(town), count=count))) == REFUSED
    assert (await show(town, device.use(await asked(town), count=8))).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"site": "evil.example"},
        {"origin": "https://evil.example"},
        {"origin": "http://shop.example"},
        {"kind": "webauthn.create"},
        {"flags": PRESENT},
        {"flags": 0},
        {"user_handle": bytes(16)},
        {"user_handle": b"short"},
    ],
)
async def test_what_is_wrong_with_an_answer_lets_nobody_in(town: People, wrong: dict[str, Any]) -> None:
    device = await with_passkey(town, await town.sign_in())
    assert refused(await show(town, device.use(await asked(town), **wrong))) == REFUSED
    assert (await show(town, device.use(await asked(town)))).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [{"site": "evil.example"}, {"origin": "https://evil.example"}, {"kind": "webauthn.get"}, {"flags": PRESENT}],
)
async def test_what_is_wrong_with_a_new_passkey_keeps_none(town: People, wrong: dict[str, Any]) -> None:
    tokens = await town.sign_in()
    made = Authenticator().create(await creation(town, tokens), **wrong)
    assert refused(await keep(town, tokens, made)) == REFUSED
    assert (await town.client.get(MINE, headers=town.own(tokens))).json() == []


async def test_a_signature_by_another_key_is_refused(town: People) -> None:
    device = await with_passkey(town, await town.sign_in())
    thief = Authenticator()
    thief.credential_id, thief.user_handle = device.credential_id, device.user_handle
    assert refused(await show(town, thief.use(await asked(town), count=99))) == REFUSED


async def test_an_answer_is_good_once(town: People, superuser: psycopg.Connection[Any]) -> None:
    device = await with_passkey(town, await town.sign_in(), counts=False)
    proof = device.use(await asked(town))
    answers = await asyncio.gather(*(show(town, proof) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200, *[403] * 5]
    assert superuser.execute("SELECT count(*) FROM members.session WHERE method = 'passkey'").fetchone() == (1,)


async def test_a_challenge_waits_five_minutes_for_those_it_is_for(town: People) -> None:
    mine, other = await town.sign_in(), await town.sign_in("13900000000")
    device = await with_passkey(town, mine, counts=False)
    late = await asked(town)
    town.clock.advance(timedelta(minutes=5))
    assert refused(await show(town, device.use(late))) == REFUSED
    assert refused(await show(town, device.use({"challenge": "A" * 43}))) == REFUSED
    made = Authenticator().create(await creation(town, mine))
    assert refused(await keep(town, other, made)) == REFUSED
    assert refused(await show(town, device.use(await creation(town, mine)))) == REFUSED
    request = await asked(town)
    options = await creation(town, mine) | {"challenge": request["challenge"]}
    assert refused(await keep(town, mine, Authenticator().create(options))) == REFUSED


async def test_members_see_and_remove_their_own(town: People) -> None:
    mine, other = await town.sign_in(), await town.sign_in("13900000000")
    made = Authenticator().create(await creation(town, mine)) | {"name": "王小明的手机"}
    kept = (await keep(town, mine, made)).json()
    assert kept["name"] == "王小明的手机"
    device = await with_passkey(town, mine)
    listed = (await town.client.get(MINE, headers=town.own(mine))).json()
    assert [one["name"] for one in listed] == ["王小明的手机", None]
    gone = f"{MINE}/{listed[1]['passkey_id']}"
    assert (await town.client.delete(gone, headers=town.own(other))).status_code == 204
    assert (await show(town, device.use(await asked(town)))).status_code == 200
    assert (await town.client.delete(gone, headers=town.own(mine))).status_code == 204
    assert refused(await show(town, device.use(await asked(town)))) == REFUSED
    assert [one["passkey_id"] for one in (await town.client.get(MINE, headers=town.own(mine))).json()] == [
        kept["passkey_id"]
    ]


async def test_a_member_has_ten_at_most(town: People) -> None:
    tokens = await town.sign_in()
    options = await creation(town, tokens)
    for _ in range(10):
        await with_passkey(town, tokens)
    assert refused(await town.client.post(f"{MINE}/options", headers=town.own(tokens))) == (409, "passkeys_full")
    assert refused(await keep(town, tokens, Authenticator().create(options), "eleventh")) == (409, "passkeys_full")


@pytest.mark.requirement("MEM-14")
async def test_who_is_blocked_does_not_come_in_by_a_passkey(town: People) -> None:
    tokens = await town.sign_in()
    device = await with_passkey(town, tokens)
    await set_state(town.db, tokens["member_id"], State.BLOCKED)
    assert refused(await show(town, device.use(await asked(town)))) == (409, "member_state_refuses")


async def test_where_no_site_is_named_there_are_none(town: People) -> None:
    use_sign_in(Settings(environment="test"))
    assert refused(await town.client.post(f"{PATH}/passkey/options")) == (409, "passkeys_not_configured")


def test_production_refuses_pages_without_tls(tmp_path: Path) -> None:
    file = sign_in_file(tmp_path, "http://shop.example")
    with pytest.raises(CannotRun, match="without TLS"):
        use_sign_in(Settings(environment="production", sign_in_file=file))
