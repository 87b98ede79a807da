"""Guessing, replay and enumeration over HTTP: codes, refresh tokens, passwords, and who is a member.

What each count and limit is stands in tests/members/test_sign_in.py and test_devices.py, tests/staff/test_sign_in.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from statistics import median
from time import perf_counter
from typing import Any

import httpx
import pytest
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.staff import service as staff
from huixiang.staff.model import Role
from tests.entry.program import sign_in
from tests.members.signing import APP, People, people, reason

pytestmark = pytest.mark.requirement("SEC-01")

ROUNDS = 15


@pytest_asyncio.fixture
async def town(db: Database, clock: SettableClock) -> AsyncIterator[People]:
    async with people(db, clock) as made:
        yield made


async def test_code_replay_lets_nobody_in_twice(town: People) -> None:
    proof = await town.asked()
    assert (await town.verify(proof)).status_code == 200
    again = await asyncio.gather(*(town.verify(proof) for _ in range(8)))
    assert {(one.status_code, reason(one)) for one in again} == {(403, "used")}


async def test_refresh_reuse_ends_the_session_of_thief_and_member(town: People) -> None:
    first = await town.sign_in()
    stolen = first["refresh_token"]
    second = (await town.refresh(stolen)).json()
    town.clock.advance(timedelta(seconds=11))
    third = (await town.refresh(second["refresh_token"])).json()
    town.clock.advance(timedelta(seconds=11))
    thief = await town.refresh(stolen)
    assert (thief.status_code, thief.json()["code"]) == (401, "not_authenticated")
    assert (await town.refresh(third["refresh_token"])).status_code == 401
    assert await town.me(third) == 401


async def test_otp_brute_force_is_stopped_by_challenge_phone_and_address(town: People) -> None:
    """Five guesses a challenge; a new challenge only after longer and longer; twenty wrong ones an address."""
    guesses = 0
    refused: set[tuple[int, str]] = set()
    for _ in range(6):  # a patient attacker who comes back as soon as they may
        asked = await town.ask()
        if asked.status_code == 429:
            town.clock.advance(timedelta(seconds=asked.json()["retry_after_s"]))
            asked = await town.ask()
        for n in range(8):
            guess = {"challenge": asked.json()["challenge"], "phone": "13812345678", "code": f"{n:06}", "device": APP}
            answer = await town.verify(guess)
            guesses += answer.status_code == 403 and reason(answer) == "wrong"
            refused.add((answer.status_code, answer.json()["code"]))
    assert guesses <= 21
    assert refused == {(403, "sign_in_code_refused"), (429, "sign_in_too_often")}


async def test_password_brute_force_locks_the_name_and_takes_no_code_twice(town: People) -> None:
    async with town.db.transaction() as tx:
        account = await staff.add_account(tx, "lin", "Lin", Role.ADMIN, "tests", lasting=True)
    now = town.clock.now()
    right = {"username": "lin", "password": account.password, "code": staff.current_code(account.totp_secret, now)}

    async def tried(**changes: str) -> tuple[int, str]:
        answer = await town.client.post("/api/console/v1/session", json=right | changes)
        return answer.status_code, answer.json().get("code", "")

    assert (await tried())[0] == 201
    assert (await tried()) == (401, "sign_in_refused"), "the code was used"
    answers = [await tried(code=f"{n:06}") for n in range(6)]
    assert answers[-1] == (429, "sign_in_locked")
    town.clock.advance(timedelta(seconds=29))
    assert (await tried(code="000000"))[0] == 429


async def timed(request: Any) -> tuple[float, httpx.Response]:
    begun = perf_counter()
    answer = await request()
    return perf_counter() - begun, answer


def alike(first: list[float], second: list[float]) -> bool:
    """Whether medians lie as close together as those of two halves of one list do by chance, with room for a busy
    machine: an answer that looks something up, or hashes a password, only for those who exist, lies far outside."""
    longer, shorter = max(median(first), median(second)), min(median(first), median(second))
    return longer - shorter < max(0.5 * shorter, 0.004)


async def test_enumeration_of_phones_by_asking_for_codes(town: People) -> None:
    """Members and strangers in turn: the same status and body, and times that do not tell them apart."""
    for n in range(ROUNDS):
        await town.sign_in(f"1390000{n:04}")
    town.clock.advance(timedelta(days=2))
    times: dict[str, list[float]] = {"member": [], "stranger": []}
    shapes = set()
    for n in range(ROUNDS):
        for who, phone in (("member", f"1390000{n:04}"), ("stranger", f"1391111{n:04}")):
            took, answer = await timed(lambda phone=phone: town.ask(phone))
            times[who].append(took)
            body = answer.json()
            shapes.add((answer.status_code, tuple(body), body["expires_at"], body["next_at"], len(body["challenge"])))
    assert len(shapes) == 1
    assert alike(times["member"], times["stranger"]), {who: median(took) for who, took in times.items()}


async def test_enumeration_of_staff_by_signing_in(town: People) -> None:
    """A name that is there and one that is not: the same refusal, and a password is hashed for both."""
    await sign_in(town.db, Role.ADMIN, name="lin")
    times: dict[str, list[float]] = {"lin": [], "nobody": []}
    bodies = set()
    for _ in range(3):
        for name, list_of in times.items():
            body = {"username": name, "password": "wrong" * 4, "code": "000000"}
            took, answer = await timed(lambda body=body: town.client.post("/api/console/v1/session", json=body))
            list_of.append(took)
            bodies.add((answer.status_code, answer.json()["code"], answer.json()["detail"]))
    assert len(bodies) == 1
    assert alike(times["lin"], times["nobody"]), {who: median(took) for who, took in times.items()}
