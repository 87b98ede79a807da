"""Signing in with a code sent to a phone: what lets in, and what must not."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.members import service, store
from huixiang.members.jobs import ForgetSignIn, forget_sign_in, forget_sign_in_chunk
from huixiang.members.model import State
from huixiang.members.model.providers import StoredFlow
from huixiang.members.rules import sign_in as rules
from huixiang.platform.db import Database
from tests.members.signing import APP, DEVICES, PATH, PHONE, People, another, people, reason, refused


@pytest_asyncio.fixture
async def town(db: Database, clock: SettableClock) -> AsyncIterator[People]:
    async with people(db, clock) as made:
        yield made


def count(superuser: psycopg.Connection[Any], table: str) -> int:
    row = superuser.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
    return 0 if row is None else int(row[0])


async def set_state(db: Database, member_id: str, state: State) -> None:
    async with db.transaction() as tx:
        await tx.execute("UPDATE members.member SET state = $2 WHERE member_id = $1::uuid", member_id, state)


@pytest.mark.requirement("MEM-01")
async def test_a_newcomer_is_a_signed_in_member_in_two_steps(town: People) -> None:
    joined = await town.sign_in()
    assert joined["registered"] is True
    card = (await town.client.get("/api/member/v1/me", headers=town.own(joined))).json()
    assert (card["member_id"], card["phone_masked"], card["channel"]) == (joined["member_id"], "138****5678", "app")


@pytest.mark.requirement("MEM-01")
@pytest.mark.requirement("MEM-02")
async def test_whoever_comes_again_is_the_same_member_wherever_from(town: People) -> None:
    joined = await town.sign_in()
    again = await town.sign_in(device={"kind": "h5"})
    assert (again["registered"], again["member_id"]) == (False, joined["member_id"])
    assert again["device_id"] != joined["device_id"]


async def test_a_code_lets_in_once(town: People, superuser: psycopg.Connection[Any]) -> None:
    proof = await town.asked()
    assert (await town.verify(proof)).status_code == 200
    assert reason(await town.verify(proof)) == "used"
    assert count(superuser, "members.session") == 1


async def test_of_many_at_once_with_one_code_one_gets_in(town: People, superuser: psycopg.Connection[Any]) -> None:
    proof = await town.asked()
    answers = await asyncio.gather(*(town.verify(proof) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200, *[403] * 7]
    assert count(superuser, "members.session") == 1


async def test_a_code_holds_for_five_minutes(town: People) -> None:
    early = await town.asked()
    town.clock.advance(timedelta(minutes=5, seconds=-1))
    assert (await town.verify(early)).status_code == 200
    late = await town.asked()
    town.clock.advance(timedelta(minutes=5))
    assert reason(await town.verify(late)) == "expired"


async def test_a_code_belongs_to_its_phone_and_challenge(town: People) -> None:
    mine = await town.asked()
    theirs = await town.asked("13900000000")
    assert reason(await town.verify(mine | {"phone": "13900000000"})) == "wrong"
    assert reason(await town.verify(mine | {"challenge": theirs["challenge"]})) == "wrong"
    assert reason(await town.verify(mine | {"challenge": "A" * 22})) == "wrong"
    assert (await town.verify(mine)).status_code == 200


async def test_otp_brute_force_ends_after_five_guesses(town: People) -> None:
    proof = await town.asked()
    guesses = [proof | {"code": another(proof["code"], n)} for n in range(1, 6)]
    assert [reason(await town.verify(guess)) for guess in guesses] == [*["wrong"] * 4, "guessed"]
    assert reason(await town.verify(proof)) == "guessed"


async def test_guesses_at_once_are_counted_one_by_one(town: People) -> None:
    proof = await town.asked()
    guesses = [proof | {"code": another(proof["code"], n)} for n in range(1, 11)]
    answers = await asyncio.gather(*map(town.verify, guesses))
    assert sorted(map(reason, answers)) == [*["guessed"] * 6, *["wrong"] * 4]


async def test_what_others_guess_does_not_void_my_code(town: People) -> None:
    mine = await town.asked()
    town.clock.advance(timedelta(minutes=1))
    other = (await town.ask()).json()["challenge"]
    for n in range(1, 6):
        assert reason(await town.verify(mine | {"challenge": other, "code": another(mine["code"], n)}))
    assert (await town.verify(mine)).status_code == 200


async def test_an_address_that_keeps_guessing_waits_longer_and_longer(town: People) -> None:
    wrong = {"challenge": "A" * 22, "phone": PHONE, "code": "000000", "device": APP}
    assert [reason(await town.verify(wrong)) for _ in range(21)] == ["wrong"] * 21
    waits = []
    for _ in range(4):
        held = await town.verify(wrong)
        assert refused(held) == (429, "sign_in_too_often")
        waits.append(held.json()["retry_after_s"])
        assert held.headers["Retry-After"] == str(waits[-1])
        town.clock.advance(timedelta(seconds=waits[-1]))
        assert reason(await town.verify(wrong)) == "wrong"
    assert waits == [1, 2, 4, 8]
    proof = {"phone": PHONE, "challenge": "A" * 22, "code": "000000", "device": APP}
    assert refused(await town.verify(proof)) == (429, "sign_in_too_often")


async def test_a_phone_gets_its_codes_further_and_further_apart(town: People) -> None:
    waits = []
    for n in range(1, 5):
        asked = await town.ask()
        assert (asked.status_code, len(await town.received())) == (200, n)
        held = await town.ask()
        assert refused(held) == (429, "sign_in_too_often")
        waits.append(held.json()["retry_after_s"])
        town.clock.advance(timedelta(seconds=waits[-1]))
    assert waits == [60, 120, 240, 480]
    assert (await town.ask("13900000000")).status_code == 200


async def test_of_many_requests_at_once_one_code_is_sent(town: People) -> None:
    answers = await asyncio.gather(*(town.ask() for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200, *[429] * 7]
    assert len(await town.received()) == 1


async def test_whoever_signs_in_asks_anew_without_waiting(town: People) -> None:
    await town.sign_in()
    assert (await town.ask()).status_code == 200


async def test_enumeration_of_phones_learns_nothing(town: People) -> None:
    """Known and unknown phones, and one of a blocked member: the same answers to the same steps."""
    known, blocked = await town.sign_in("13900000001"), await town.sign_in("13900000002")
    await set_state(town.db, blocked["member_id"], State.BLOCKED)
    del known
    seen = set()
    for phone in ("13900000001", "13900000002", "13900000003"):
        asked = await town.ask(phone)
        answer = asked.json()
        shape = (asked.status_code, tuple(answer), answer["expires_at"], answer["next_at"], len(answer["challenge"]))
        guess = {"challenge": answer["challenge"], "phone": phone, "code": "000000", "device": APP}
        code = (await town.received(phone))[0]
        wrong = await town.verify(guess | {"code": another(code)})
        seen.add((shape, refused(wrong), wrong.json()["reason"], (await town.ask(phone)).status_code))
    assert len(seen) == 1


async def test_asking_does_the_same_at_the_database_for_everybody(
    town: People, superuser: psycopg.Connection[Any]
) -> None:
    """Timing follows from what is done: the statements are the same, and none of them reads a member."""
    await town.sign_in("13900000001")
    superuser.execute("SELECT pg_stat_force_next_flush()")
    read = "SELECT coalesce(sum(seq_scan + coalesce(idx_scan, 0)), 0) FROM pg_stat_user_tables WHERE relname = ANY (%s)"
    tables = ["member", "identity", "directory", "personal"]
    for phone in ("13900000001", "13900000003"):
        before = superuser.execute(read, [tables]).fetchone()
        assert (await town.ask(phone)).status_code == 200
        assert superuser.execute(read, [tables]).fetchone() == before


@pytest.mark.requirement("MEM-14")
@pytest.mark.parametrize("state", [State.BLOCKED, State.CLOSED, State.DECEASED])
async def test_who_may_not_sign_in_neither_signs_in_nor_refreshes(town: People, state: State) -> None:
    joined = await town.sign_in()
    await set_state(town.db, joined["member_id"], state)
    assert refused(await town.verify(await town.asked())) == (409, "member_state_refuses")
    assert refused(await town.refresh(joined["refresh_token"])) == (401, "not_authenticated")
    assert await town.me(joined) == 401


async def test_one_phone_joins_once_however_many_codes_and_connections(
    town: People, superuser: psycopg.Connection[Any]
) -> None:
    proofs: list[dict[str, Any]] = []
    for wait in (60, 120, 240, 480, 0):
        proofs.append(await town.asked() | {"device": {"kind": ("app", "h5")[len(proofs) % 2]}})
        town.clock.advance(timedelta(seconds=min(wait, 61)))
        superuser.execute("DELETE FROM members.sign_in_pace")
    before = count(superuser, "members.member")
    answers = await asyncio.gather(*map(town.verify, proofs))
    assert {answer.status_code for answer in answers} == {200}, [answer.text for answer in answers]
    assert count(superuser, "members.member") == before + 1
    assert len({answer.json()["member_id"] for answer in answers}) == 1
    assert sorted(answer.json()["registered"] for answer in answers) == [*[False] * 4, True]


async def test_a_batch_answers_each_of_those_who_share_it(town: People) -> None:
    proofs = [await town.asked(f"1390000{n:04d}") for n in range(12)]
    proofs[3] |= {"code": another(proofs[3]["code"])}
    proofs[7] |= {"challenge": "A" * 22}
    with town.db.beside(service.SignIns(town.db)):
        answers = await asyncio.gather(*map(town.verify, proofs))
    expected = [403 if n in {3, 7} else 200 for n in range(12)]
    assert [answer.status_code for answer in answers] == expected
    assert len({answer.json()["member_id"] for answer in answers if answer.status_code == 200}) == 10


@pytest.mark.parametrize(
    "body",
    [
        {"challenge": "A" * 22, "phone": PHONE, "code": "12345", "device": APP},
        {"challenge": "A" * 22, "phone": "no phone", "code": "123456", "device": APP},
        {"challenge": "A" * 21 + "=", "phone": PHONE, "code": "123456", "device": APP},
        {"challenge": "A" * 22, "phone": PHONE, "code": "123456", "device": {"kind": "fridge"}},
        {"challenge": "A" * 22, "phone": PHONE, "code": "123456", "device": APP, "member_id": "1"},
    ],
)
async def test_what_is_no_attempt_is_refused(town: People, body: dict[str, Any]) -> None:
    assert refused(await town.client.post(PATH, json=body)) == (422, "input_invalid")


async def test_neither_phone_nor_code_is_kept_in_clear(town: People, superuser: psycopg.Connection[Any]) -> None:
    proof = await town.asked()
    await town.verify(proof)
    tables = ("members.sign_in_code", "members.sign_in_pace", "members.session", "messaging.message", "messaging.sink")
    rows = [superuser.execute(f"SELECT one::text FROM {table} AS one").fetchall() for table in tables]  # noqa: S608
    kept = str(rows)
    assert count(superuser, "members.sign_in_code") == 1
    for secret in (PHONE, APP["name"], proof["code"].encode().hex(), PHONE.encode().hex()):
        assert secret not in kept


async def test_codes_and_counts_are_forgotten(town: People, superuser: psycopg.Connection[Any]) -> None:
    joined = await town.sign_in()
    await town.ask("13900000000")
    town.clock.advance(timedelta(days=2))
    async with town.db.transaction() as tx:
        assert await service.forget_sign_in(tx) > 0
    assert [count(superuser, f"members.sign_in_{table}") for table in ("code", "pace")] == [0, 0]
    assert (await town.refresh(joined["refresh_token"])).status_code == 200
    town.clock.advance(timedelta(days=61))
    async with town.db.transaction() as tx:
        assert await service.forget_sign_in(tx) == 1
    assert count(superuser, "members.session") == 0


async def test_nothing_of_a_sign_in_outlasts_what_the_page_says(
    town: People, superuser: psycopg.Connection[Any]
) -> None:
    """docs/domain/sign-in.md, "What is kept, and how long": by the job, as the worker runs it."""

    async def left() -> list[str]:
        async with town.db.transaction() as tx:
            await forget_sign_in(tx)
            await forget_sign_in_chunk(tx, ForgetSignIn())
        names = ("code", "pace", "flow")
        tables = [*(f"members.sign_in_{name}" for name in names), "members.passkey_challenge", "members.session"]
        return [table.partition(".")[2] for table in tables if count(superuser, table)]

    tokens = await town.sign_in()
    await town.ask("13900000000")
    async with town.db.transaction() as tx:
        flow = StoredFlow(
            flow_hash=b"f", state_hash=b"s", provider="wechat", return_to="/m/", expires_at=tx.now + rules.VISIT_LIFE
        )
        await store.insert_flow(tx, flow)
        await store.insert_challenge(tx, b"c", tx.now + rules.PASSKEY_LIFE)
    assert (await town.client.delete(DEVICES, headers=town.own(tokens))).status_code == 204
    assert await left() == ["sign_in_code", "sign_in_pace", "sign_in_flow", "passkey_challenge", "session"]
    town.clock.advance(timedelta(minutes=5))
    assert await left() == ["sign_in_code", "sign_in_pace", "sign_in_flow", "session"]
    town.clock.advance(timedelta(minutes=5))
    assert await left() == ["sign_in_pace", "session"]
    town.clock.advance(timedelta(days=1))
    assert await left() == ["session"]
    town.clock.advance(timedelta(days=29, minutes=-11))
    assert await left() == ["session"]  # thirty days after it was ended, long before it would have run out
    town.clock.advance(timedelta(minutes=1))
    assert await left() == []
