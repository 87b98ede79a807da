"""The ledger's commands over HTTP: what they do, and what they answer at every repetition."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.points import service
from tests.points.surface import COMMANDS, Surface, made, refused, sums


def postings(superuser: psycopg.Connection[Any]) -> int:
    row = superuser.execute("SELECT count(*) FROM points.posting").fetchone()
    assert row is not None
    return int(row[0])


@pytest.mark.requirement("PTS-10")
async def test_points_are_given_and_spent_with_the_balance_after(surface: Surface) -> None:
    order = str(new_id())
    given = await surface.credit(300, "c1", occurred_at="2026-03-17T20:00:00+08:00", budget="care", order_id=order)
    assert given["after"] == sums(300)
    assert given["posting"] | {"recorded_at": None} == {
        "seq": 1, "kind": "earn", "cause": "goodwill", "points": 300, "balance_after": 300, "pending_delta": 0,
        "held_delta": 0, "debt_delta": 0, "rule": "earning.default", "rule_version": 1, "order_id": order,
        "occurred_at": "2026-03-17T12:00:00Z", "recorded_at": None,
    }  # fmt: skip
    spent = await surface.spend(120, "s1")
    assert (spent["posting"]["points"], spent["posting"]["balance_after"], spent["after"]) == (-120, 180, sums(180))
    assert (spent["book"], spent["short"], spent["hold_id"]) == ("points", 0, None)


async def test_points_expire_as_the_rules_say_unless_the_day_is_given(surface: Surface) -> None:
    await surface.credit(10, "c1")
    await surface.credit(20, "c2", expires_on="2026-06-30")
    pending = await surface.credit(30, "c3", matures_at="2026-03-20T00:00:00+08:00")
    assert pending["after"] == sums(60, pending=30)
    balance = (await surface.get()).json()
    assert balance["expiring"] == [
        {"expires_on": "2026-06-30", "points": 20},
        {"expires_on": "2027-03-31", "points": 40},
    ]


@pytest.mark.requirement("PTS-04")
async def test_a_credit_by_a_behaviour_counts_to_its_cap(surface: Surface) -> None:
    cut = made(await surface.post("credits", {"points": 600, "cause": "share"}, "c1"))
    assert (cut["posting"]["points"], cut["short"]) == (500, 100)


@pytest.mark.requirement("PTS-07")
async def test_a_hold_is_captured_in_part(surface: Surface) -> None:
    await surface.credit(100, "c1")
    held = await surface.hold(60, "h1")
    assert (held["after"], held["expires_at"]) == (sums(100, held=60), "2026-03-18T02:45:00Z")
    taken = made(await surface.post(f"holds/{held['hold_id']}/capture", {"points": 45}, "x1"))
    assert (taken["after"], taken["posting"]["cause"], taken["hold_id"]) == (sums(55), "order", held["hold_id"])
    again = await surface.post(f"holds/{held['hold_id']}/capture", {"points": 45}, "x2")
    assert refused(again) == (409, "hold_finished")


@pytest.mark.requirement("PTS-07")
async def test_a_released_hold_can_be_captured_from_what_is_left(surface: Surface) -> None:
    await surface.credit(100, "c1")
    held = await surface.hold(60, "h1", expires_in_s=None)
    assert held["expires_at"] is None
    assert made(await surface.post(f"holds/{held['hold_id']}/release", {}, "r1"))["after"] == sums(100)
    await surface.spend(90, "s1")
    late = made(await surface.post(f"holds/{held['hold_id']}/capture", {"points": 60}, "x1"))
    assert (late["posting"]["points"], late["short"], late["after"]) == (-10, 50, sums(0))


@pytest.mark.requirement("PTS-07")
async def test_open_holds_are_listed_without_those_past_their_time(surface: Surface, clock: SettableClock) -> None:
    await surface.credit(100, "c1")
    await surface.hold(10, "h1", expires_in_s=60)
    order = str(new_id())
    placed = await surface.hold(20, "h2", expires_in_s=None, order_id=order)
    await surface.hold(30, "h3")
    first = (await surface.get("holds", limit=2)).json()
    rest = (await surface.get("holds", limit=2, cursor=first["next_cursor"])).json()
    assert {one["points"] for one in first["items"] + rest["items"]} == {10, 20, 30}
    assert (len(rest["items"]), rest["next_cursor"]) == (1, None)
    clock.advance(timedelta(minutes=20))
    (left,) = (await surface.get("holds", book="points")).json()["items"]
    assert left == {
        "member_id": str(surface.member), "hold_id": placed["hold_id"], "book": "points", "points": 20,
        "cause": "order", "made_at": placed["posting"]["recorded_at"], "expires_at": None, "order_id": order,
    }  # fmt: skip


@pytest.mark.requirement("PTS-07")
async def test_placed_holds_that_nobody_finished_are_listed_for_staff(surface: Surface, clock: SettableClock) -> None:
    await surface.credit(100, "c1")
    await surface.hold(10, "h1", expires_in_s=None)
    clock.advance(timedelta(days=5))
    await surface.hold(20, "h2", expires_in_s=None)
    clock.advance(timedelta(days=3))
    overdue = (await surface.get_as_staff("/points/holds", older_than_days=7)).json()
    assert [one["points"] for one in overdue["items"]] == [10]
    assert (await surface.get("holds")).json()["items"][0] == overdue["items"][0]


@pytest.mark.requirement("PTS-12")
async def test_spent_points_are_given_back_in_parts(surface: Surface) -> None:
    await surface.credit(50, "c1", expires_on="2026-05-31")
    await surface.credit(50, "c2", expires_on="2026-06-30")
    spent = await surface.spend(80, "s1")
    back = {"points": 40, "origin_seq": spent["posting"]["seq"]}
    given = made(await surface.post("returns", back, "b1"))
    assert (given["posting"]["cause"], given["after"]) == ("till", sums(60))
    made(await surface.post("returns", back, "b2"))
    assert (await surface.get()).json()["expiring"] == [
        {"expires_on": "2026-05-31", "points": 50},
        {"expires_on": "2026-06-30", "points": 50},
    ]
    assert refused(await surface.post("returns", back | {"points": 1}, "b3")) == (409, "posting_exceeds_origin")


@pytest.mark.requirement("PTS-12")
@pytest.mark.parametrize(
    ("policy", "after", "short"),
    [("debt", sums(0, debt=70), 0), ("cash", sums(0), 70), ("pending_only", sums(0), 70)],
)
async def test_points_are_clawed_back_by_each_policy(
    surface: Surface, policy: str, after: dict[str, int], short: int
) -> None:
    earned = await surface.credit(100, "c1")
    await surface.spend(70, "s1")
    body = {"points": 100, "origin_seq": earned["posting"]["seq"], "policy": policy}
    taken = made(await surface.post("claw-backs", body, "k1"))
    assert (taken["after"], taken["short"], taken["posting"]["cause"]) == (after, short, "goodwill")
    assert (await surface.get()).json()["debt"] == after["debt"]


async def test_a_deduction_takes_back_nothing_in_particular(surface: Surface) -> None:
    await surface.credit(100, "c1")
    taken = made(await surface.post("claw-backs", {"points": 30, "cause": "breach"}, "k1"))
    assert taken["after"] == sums(70)
    nameless = await surface.post("claw-backs", {"points": 30}, "k2")
    assert refused(nameless) == (422, "input_invalid")


@pytest.mark.parametrize(("path", "body"), COMMANDS)
@pytest.mark.requirement("PTS-14")
async def test_a_repetition_gets_the_first_answer_whatever_happened_since(
    surface: Surface, superuser: psycopg.Connection[Any], path: str, body: dict[str, Any]
) -> None:
    await surface.credit(100, "c1")
    await surface.spend(10, "s1")
    path = path.format(hold=(await surface.hold(10, "h1"))["hold_id"])
    without = await surface.post(path, body, None)
    first = await surface.post(path, body, "k")
    await surface.credit(7, "later")
    await surface.spend(3, "later still")
    count = postings(superuser)
    replay = await surface.post(path, body, "k")
    other = await surface.post(path, body | {"occurred_at": "2026-03-18T10:29:00+08:00", "points": 4}, "k")
    assert refused(without) == (400, "idempotency_key_required")
    assert (replay.status_code, replay.json()) == (201, first.json())
    assert first.json()["after"]["balance"] is not None
    assert "idempotency-replayed" not in first.headers
    assert replay.headers["idempotency-replayed"] == "true"
    assert other.status_code in {409, 422}
    assert postings(superuser) == count


@pytest.mark.requirement("PTS-14")
async def test_a_key_stands_for_one_request_of_a_member_in_all_books_and_commands(surface: Surface) -> None:
    made(await surface.post("/api/v1/points/books", {"code": "gift"}, "b"))
    await surface.credit(100, "k")
    others: list[tuple[str, dict[str, Any]]] = [
        ("credits", {"points": 101, "cause": "goodwill"}),
        ("credits", {"points": 100, "cause": "goodwill", "book": "gift"}),
        ("spends", {"points": 100, "cause": "goodwill"}),
        ("holds", {"points": 100, "cause": "goodwill"}),
    ]
    answers = [await surface.post(path, body, "k") for path, body in others]
    held = await surface.hold(1, "h")
    answers.append(await surface.post("credits", {"points": 1, "cause": "order"}, "h"))
    answers.append(await surface.post(f"holds/{held['hold_id']}/release", {}, "h"))
    assert [refused(answer) for answer in answers] == [(409, "idempotency_conflict")] * 6
    assert (await surface.get()).json()["balance"] == 100


@pytest.mark.requirement("PTS-14")
async def test_one_request_sent_many_times_at_once_is_carried_out_once(surface: Surface) -> None:
    await surface.credit(100, "c1")
    async with service.coalescing(surface.db):
        asked = [surface.post("spends", {"points": 30, "cause": "till"}, "s") for _ in range(40)]
        answers = await asyncio.gather(*asked)
    assert [answer.status_code for answer in answers] == [201] * 40
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 39
    assert (await surface.get()).json()["balance"] == 70


@pytest.mark.requirement("PTS-14")
async def test_commands_that_pile_up_have_each_its_own_outcome(surface: Surface) -> None:
    await surface.credit(100, "c1")
    async with service.coalescing(surface.db):
        asked = [surface.post("spends", {"points": 3, "cause": "till"}, f"s{n}") for n in range(40)]
        answers = await asyncio.gather(*asked)
    refusals = [refused(answer) for answer in answers if answer.status_code != 201]
    assert refusals == [(409, "points_insufficient")] * 7
    balances = sorted(answer.json()["after"]["balance"] for answer in answers if answer.status_code == 201)
    assert balances == list(range(1, 100, 3))


async def test_a_refusal_keeps_no_key(surface: Surface) -> None:
    body = {"points": 10, "cause": "till"}
    assert refused(await surface.post("spends", body, "s")) == (409, "points_insufficient")
    await surface.credit(10, "c")
    assert made(await surface.post("spends", body, "s"))["after"] == sums(0)
