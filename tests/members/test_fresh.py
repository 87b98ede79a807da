"""What settles somebody in asks for a fresh sign-in, and the last way in stays (MEM-03)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
import pytest_asyncio

from huixiang.entry.sign_in import use_sign_in
from huixiang.kernel.clock import SettableClock
from huixiang.members import service
from huixiang.members.model import State
from huixiang.platform.db import Database
from huixiang.platform.settings import Settings
from tests.entry.program import bearer
from tests.members.signing import DEVICES, PHONE, People, another, people, reason, refused
from tests.members.test_passkeys import MINE, asked, keep, sign_in_file, with_passkey

pytestmark = pytest.mark.requirement("MEM-03")

FRESH = "/api/member/v1/me/fresh"
REQUIRED = (403, "fresh_sign_in_required")
LATE = timedelta(minutes=10)


@pytest_asyncio.fixture
async def town(db: Database, clock: SettableClock, tmp_path: Path) -> AsyncIterator[People]:
    async with people(db, clock) as made:
        use_sign_in(Settings(environment="test", sign_in_file=sign_in_file(tmp_path)))
        yield made
        use_sign_in(Settings(environment="test"))


async def passkeys(town: People, tokens: dict[str, Any]) -> list[str]:
    listed = await town.client.get(MINE, headers=town.own(tokens))
    return [one["passkey_id"] for one in listed.json()]


async def remove(town: People, tokens: dict[str, Any], passkey_id: str) -> httpx.Response:
    return await town.client.delete(f"{MINE}/{passkey_id}", headers=town.own(tokens))


async def settling(town: People, tokens: dict[str, Any], passkey_id: str) -> list[httpx.Response]:
    """All that asks for a fresh sign-in. The last of them removes the passkey."""
    made = {"credential_id": "AAAA", "client_data_json": "AAAA", "attestation_object": "AAAA"}
    return [
        await town.client.post(f"{MINE}/options", headers=town.own(tokens)),
        await keep(town, tokens, made, "settling"),
        await remove(town, tokens, passkey_id),
    ]


async def late(town: People, tokens: dict[str, Any]) -> dict[str, Any]:
    """Ten minutes later, with the tokens of then."""
    town.clock.advance(LATE)
    renewed: dict[str, Any] = (await town.refresh(tokens["refresh_token"])).json()
    return renewed


async def test_ten_minutes_after_the_sign_in_it_is_asked_for_anew(town: People) -> None:
    tokens = await town.sign_in()
    await with_passkey(town, tokens)
    (passkey_id,) = await passkeys(town, tokens)
    tokens = await late(town, tokens)
    for answer in await settling(town, tokens, passkey_id):
        assert (refused(answer), answer.json()["within_s"]) == (REQUIRED, 600)
    assert await passkeys(town, tokens) == [passkey_id]


async def test_a_token_of_no_device_is_never_fresh(town: People) -> None:
    tokens = await town.sign_in()
    await with_passkey(town, tokens)
    (passkey_id,) = await passkeys(town, tokens)
    loose = {"access_token": service.issue_token(UUID(tokens["member_id"]), town.clock.now())}
    for answer in await settling(town, loose, passkey_id):
        assert refused(answer) == REQUIRED
    assert refused(await town.client.post(f"{FRESH}/codes", headers=town.own(loose))) == REQUIRED


async def fresh_code(town: People, tokens: dict[str, Any]) -> dict[str, str]:
    sent = await town.client.post(f"{FRESH}/codes", headers=town.own(tokens))
    assert sent.status_code == 200, sent.text
    assert sent.json()["sent_to"] == "138****5678"
    return {"challenge": sent.json()["challenge"], "code": (await town.received(PHONE))[0]}


async def test_a_code_to_the_own_phone_makes_this_device_fresh(town: People) -> None:
    tokens, other = await town.sign_in(), await town.sign_in()
    tokens, other = await late(town, tokens), (await town.refresh(other["refresh_token"])).json()
    proof = await fresh_code(town, tokens)
    wrong = proof | {"code": f"{(int(proof['code']) + 1) % 10**6:06d}"}
    answer = await town.client.post(FRESH, json=wrong, headers=town.own(tokens))
    assert (refused(answer), answer.json()["reason"]) == ((403, "sign_in_code_refused"), "wrong")
    proven = await town.client.post(FRESH, json=proof, headers=town.own(tokens))
    assert proven.status_code == 200, proven.text
    again = await town.client.post(FRESH, json=proof, headers=town.own(tokens))
    assert (refused(again), again.json()["reason"]) == ((403, "sign_in_code_refused"), "used")
    await with_passkey(town, tokens)
    assert refused(await town.client.post(f"{MINE}/options", headers=town.own(other))) == REQUIRED


async def test_five_wrong_guesses_void_that_code_too(town: People) -> None:
    tokens = await late(town, await town.sign_in())
    proof = await fresh_code(town, tokens)
    wrong = [proof | {"code": another(proof["code"], n)} for n in range(1, 6)]
    answers = [await town.client.post(FRESH, json=guess, headers=town.own(tokens)) for guess in [*wrong, proof]]
    assert [reason(answer) for answer in answers] == [*["wrong"] * 4, "guessed", "guessed"]


async def test_a_code_that_somebody_else_asked_for_makes_nobody_fresh(town: People) -> None:
    tokens = await late(town, await town.sign_in())
    theirs = await town.asked("13900000000")
    proof = {"challenge": theirs["challenge"], "code": theirs["code"]}
    answer = await town.client.post(FRESH, json=proof, headers=town.own(tokens))
    assert (refused(answer), answer.json()["reason"]) == ((403, "sign_in_code_refused"), "wrong")


async def test_a_passkey_makes_fresh_and_another_members_does_not(town: People) -> None:
    tokens = await town.sign_in()
    device = await with_passkey(town, tokens)
    stranger = await town.sign_in("13900000000")
    theirs = await with_passkey(town, stranger)
    tokens = await late(town, tokens)
    foreign = await town.client.post(
        f"{FRESH}/passkey", json=answered(theirs.use(await asked(town))), headers=town.own(tokens)
    )
    assert refused(foreign) == (403, "passkey_refused")
    mine = await town.client.post(
        f"{FRESH}/passkey", json=answered(device.use(await asked(town))), headers=town.own(tokens)
    )
    assert mine.status_code == 200, mine.text
    await with_passkey(town, tokens)


def answered(proof: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in proof.items() if name != "device"}


async def test_the_last_way_in_is_not_removed(town: People, superuser: psycopg.Connection[Any]) -> None:
    tokens = await town.sign_in()
    await with_passkey(town, tokens)
    await with_passkey(town, tokens)
    first, second = await passkeys(town, tokens)
    superuser.execute("DELETE FROM members.identity WHERE kind = 'phone'")  # somebody else has that number now
    superuser.commit()
    assert (await remove(town, tokens, first)).status_code == 204
    assert refused(await remove(town, tokens, second)) == (409, "last_way_in")
    assert (await remove(town, tokens, first)).status_code == 204  # gone before: nothing changes
    assert await passkeys(town, tokens) == [second]


@pytest.mark.requirement("MEM-14")
@pytest.mark.parametrize("state", [State.BLOCKED, State.CLOSED, State.DECEASED])
async def test_a_state_that_may_not_sign_in_ends_the_sessions_for_good(
    town: People, superuser: psycopg.Connection[Any], state: State
) -> None:
    tokens = await town.sign_in()
    path = f"/api/v1/members/{tokens['member_id']}/state"
    body = {"state": state, "reason": "stolen phone"}
    changed = await town.client.post(path, json=body, headers=town.program.system | {"Idempotency-Key": "1"})
    assert changed.status_code == 200, changed.text
    rows = superuser.execute("SELECT end_cause, expires_at <= ended_at FROM members.session").fetchall()
    assert rows == [("state", True)]
    assert (await town.refresh(tokens["refresh_token"])).status_code == 401
    town.clock.advance(timedelta(seconds=5))
    assert await town.me(tokens) == 401
    if state is State.BLOCKED:
        body = {"state": "active", "reason": "found again"}
        await town.client.post(path, json=body, headers=town.program.system | {"Idempotency-Key": "2"})
        town.clock.advance(timedelta(seconds=5))
        assert await town.me(tokens) == 401
        assert (await town.client.get(DEVICES, headers=town.own(await town.sign_in()))).json()[0]["current"]


async def test_what_may_be_offered_is_told_to_anybody(town: People) -> None:
    ways = await town.client.get("/api/member/v1/sign-in/ways", headers=bearer("nothing"))
    assert ways.json() == {"providers": [], "passkeys": True}
