"""Refund requests over HTTP: asked, decided by the rule or a person, goods checked, nothing twice (CHK-10)."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio

from huixiang.catalogue import service as catalogue
from huixiang.catalogue.model import CategoryRow, SkuRow
from huixiang.checkout.service import instructions
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.text import Text
from huixiang.platform.db import Database
from tests.checkout.desk import GENEROUS, Answer, Desk, at_the_desk, console, keyed, publish_policy, refusal
from tests.support.programme import line

pytestmark = pytest.mark.requirement("CHK-10")

LINES = [line("a", 3000, pieces=3), line("b", 1000, pieces=2)]


@pytest_asyncio.fixture
async def desk(db: Database, member: UUID) -> AsyncIterator[Desk]:
    async with at_the_desk(db, member) as one:
        yield one


async def bought(desk: Desk, member: UUID, number: str, at: datetime, **more: Any) -> str:
    order = await desk.shop.order(member, number, at, LINES, **more)
    return str(order["order_id"])


def log(request: Answer) -> list[tuple[str, str]]:
    return [(one["change"], one["party"]) for one in request["changes"]]


async def test_a_person_decides_what_the_rule_does_not(desk: Desk, db: Database, member: UUID, now: datetime) -> None:
    order_id = await bought(desk, member, "1", now, programme="base")
    mine = await desk.asked(order_id, ("a", 2), note="two of them were squashed")
    assert (mine["state"], mine["worth_fen"], mine["note"]) == ("asked", 2000, "two of them were squashed")
    assert not {"why_not", "asked_by_id", "changes"} & set(mine), "what the shop holds against members is the shop's"
    waits = await desk.read(mine)
    assert (waits["why_not"], waits["asked_by_id"], log(waits)) == (["audience"], str(member), [("asked", "member")])
    assert await desk.queue("asked") == [mine["request_id"]]
    assert await desk.shop.refunds(order_id) == []

    decided = await desk.decide(mine)
    assert decided.status_code == 200, decided.text
    assert log(decided.json()) == [("asked", "member"), ("approved", "staff"), ("refunded", "staff")]
    (refund,) = await desk.shop.refunds(order_id)
    assert (refund["refund_fen"], refund["reason"], refund["points"]) == (2000, "damaged", 20)
    async with db.transaction(read_only=True) as tx:
        [back] = await instructions.of_order(tx, member, UUID(order_id))
    assert (back.key, back.kind, back.fen) == (f"refund:{refund['refund_id']}", "give_back", refund["cash_refund_fen"])
    (told,) = await desk.mine()
    assert (told["state"], told["refund_id"], told["reason"]) == (
        "refunded",
        refund["refund_id"],
        "seen at the counter",
    )
    assert (told["at_once"], told["goods"], await desk.queue("asked")) == (False, None, [])
    await desk.shop.journal(member)
    async with db.transaction(read_only=True) as tx:
        sealed = await tx.fetchval("SELECT note FROM checkout.refund_request")
        audited = await tx.fetch("SELECT action, reason FROM staff.audit WHERE object LIKE 'refund_request:%'")
        told_of = str(await tx.fetch("SELECT events FROM platform.outbox"))
    assert b"squashed" not in sealed
    assert [tuple(row) for row in audited] == [("refund_request.approved", "seen at the counter")]
    assert "squashed" not in told_of
    assert (told_of.count("checkout.refund_asked.v1"), told_of.count("checkout.refund_decided.v1")) == (1, 1)


async def test_members_of_the_audience_are_refunded_at_once(
    desk: Desk, db: Database, member: UUID, now: datetime
) -> None:
    await publish_policy(db, GENEROUS)
    order_id = await bought(desk, member, "1", now)
    paid = await desk.asked(order_id, ("a", 3))
    (refund,) = await desk.shop.refunds(order_id)
    assert (paid["state"], paid["at_once"], paid["goods"]) == ("refunded", True, "to_check")
    assert (paid["refund_id"], refund["refund_fen"]) == (refund["refund_id"], 3000)
    shown = await desk.read(paid)
    assert log(shown) == [("asked", "member"), ("approved", "rule"), ("refunded", "rule")]
    assert (shown["why_not"], shown["policy_version"], shown["decided_by"]) == ([], 2, "rule")
    assert await desk.queue("to_check") == [paid["request_id"]]
    await desk.shop.journal(member)


@pytest.mark.parametrize(
    ("changes", "days", "why"),
    [
        ({"asked_by": ["staff"]}, 0, ["asker"]),
        ({"audience": {"type": "compare", "attribute": "orders", "op": "ge", "value": 2}}, 0, ["audience"]),
        ({"risk": {"attribute": "orders", "at_most": 1}}, 0, []),
        ({"risk": {"attribute": "orders", "at_most": 0}}, 0, ["risk"]),
        ({"risk": {"attribute": "orders_90d", "at_most": 1000}}, 0, ["risk"]),
        ({"within_days": 1}, 1, []),
        ({"within_days": 1}, 2, ["late"]),
        ({"not_returnable": ["toys"]}, 0, []),
        ({"not_returnable": ["fruit"]}, 0, ["goods"]),
        ({"not_returnable": ["food"]}, 0, ["goods"]),
        ({"request_fen": 3000}, 0, []),
        ({"request_fen": 2999, "period_fen": 2999}, 0, ["amount", "period"]),
    ],
    ids=str,
)
async def test_what_the_rule_leaves_to_a_person(
    desk: Desk, db: Database, clock: SettableClock, member: UUID, changes: Answer, days: int, why: list[str]
) -> None:
    async with db.transaction() as tx:
        rows = [("food", None), ("fruit", "food"), ("toys", None)]
        await catalogue.upsert_categories(
            tx, [CategoryRow(category=one, parent=above, version=1, name=Text(zh=one, en=one)) for one, above in rows]
        )
        name = Text(zh="苹果", en="Apple")
        apple = SkuRow(version=1, sku="apple", name=name, category="fruit", unit="piece", list_price_fen=1)
        await catalogue.upsert_skus(tx, [apple])
    await publish_policy(db, GENEROUS | changes)
    order_id = await bought(desk, member, "1", clock.now())
    clock.advance(timedelta(days=days))
    asked = await desk.read(await desk.asked(order_id, ("a", 3)))
    assert (asked["why_not"], asked["state"]) == (why, "asked" if why else "refunded")


async def test_goods_that_the_catalogue_does_not_know_are_looked_at(
    desk: Desk, db: Database, member: UUID, now: datetime
) -> None:
    await publish_policy(db, GENEROUS | {"not_returnable": ["toys"]})
    asked = await desk.asked(await bought(desk, member, "1", now), ("a", 1))
    assert (await desk.read(asked))["why_not"] == ["goods"]


async def test_goods_that_were_not_as_told_pause_the_member(
    desk: Desk, db: Database, clock: SettableClock, member: UUID
) -> None:
    await publish_policy(db, GENEROUS | {"pause_after": 2, "within_days": 365})
    order_id = await bought(desk, member, "1", clock.now())

    async def one_more() -> tuple[Answer, list[str]]:
        asked = await desk.asked(order_id, ("a", 1)) if len(seen) < 3 else await desk.asked(order_id, ("b", 1))
        return asked, (await desk.read(asked))["why_not"]

    seen: list[Answer] = []
    for goods in ("ok", "not_ok", "not_ok"):
        asked, why = await one_more()
        seen.append(asked)
        assert why == []
        checked = await desk.check(asked, goods)
        assert checked.json()["goods"] == goods, checked.text
    assert refusal(await desk.check(seen[0], "not_ok")) == (409, "refund_goods_not_to_check")
    clock.advance(timedelta(days=59))
    paused, why = await one_more()
    assert why == ["paused"]
    assert refusal(await desk.check(paused, "ok")) == (409, "refund_goods_not_to_check")
    clock.advance(timedelta(days=1))
    assert (await one_more())[1] == [], "sixty days, that of the check included, have passed"
    assert await desk.queue("to_check") == [(await desk.mine())[0]["request_id"]]


async def test_what_waits_cannot_be_asked_for_twice(desk: Desk, member: UUID, now: datetime) -> None:
    order_id = await bought(desk, member, "1", now)
    first = await desk.asked(order_id, ("a", 2))
    answer = await desk.ask(order_id, ("b", 1), ("a", 2))
    assert refusal(answer) == (409, "refund_asked_too_much")
    problem = answer.json()
    assert (problem["line_id"], problem["refundable"], problem["waiting"], problem["requested"]) == ("a", 3, 2, 2)
    assert refusal(await desk.ask(order_id, ("c", 1))) == (422, "refund_line_unknown")
    assert (await desk.withdraw(first)).json()["state"] == "withdrawn"
    assert (await desk.asked(order_id, ("a", 3)))["state"] == "asked"
    assert refusal(await desk.withdraw(first)) == (409, "refund_request_decided")
    assert refusal(await desk.decide(first)) == (409, "refund_request_decided")


async def test_a_till_that_was_quicker_leaves_the_request_to_be_refused(
    desk: Desk, member: UUID, now: datetime
) -> None:
    order_id = await bought(desk, member, "1", now)
    asked = await desk.asked(order_id, ("a", 3))
    await desk.shop.refund(order_id, "till", now, ("a", 1))
    assert refusal(await desk.decide(asked)) == (409, "refund_too_much")
    assert (await desk.read(asked))["state"] == "asked"
    refused = (await desk.decide(asked, "refuse")).json()
    assert (refused["state"], refused["refund_id"], log(refused)[1:]) == ("refused", None, [("refused", "staff")])
    assert (await desk.mine())[0]["reason"] == "seen at the counter"
    assert len(await desk.shop.refunds(order_id)) == 1


async def test_nobody_decides_what_they_asked_for(desk: Desk, db: Database, member: UUID, now: datetime) -> None:
    await publish_policy(db, GENEROUS)
    order_id = await bought(desk, member, "1", now)
    asked = await desk.asked(order_id, ("a", 1), client=desk.anna, ground="other")
    assert (asked["state"], asked["asked_by"], asked["why_not"]) == ("asked", "staff", ["asker"])
    for decision in ("approve", "refuse"):
        assert refusal(await desk.decide(asked, decision)) == (403, "refund_request_own")
    assert (await desk.decide(asked, client=desk.ben)).json()["state"] == "refunded"


async def test_a_system_asks_lists_and_takes_back(desk: Desk, member: UUID, now: datetime) -> None:
    order_id = await bought(desk, member, "1", now)
    asked = [await desk.asked(order_id, ("a", 1), client=desk.app) for _ in range(3)]
    assert (await desk.withdraw(asked[1], desk.app)).json()["state"] == "withdrawn"
    path = f"/api/v1/orders/{order_id}/refund-requests"
    first = (await desk.app.get(path, params={"limit": 2})).json()
    rest = (await desk.app.get(path, params={"limit": 2, "cursor": first["next_cursor"]})).json()
    listed = [(one["request_id"], one["state"]) for one in first["items"] + rest["items"]]
    assert listed == [
        (one["request_id"], state) for one, state in zip(asked, ("asked", "withdrawn", "asked"), strict=True)
    ]
    assert len(await desk.mine()) == 3


async def test_the_oldest_come_first(desk: Desk, clock: SettableClock, member: UUID) -> None:
    ids = []
    for number in range(5):
        order_id = await bought(desk, member, str(number), clock.now())
        ids.append((await desk.asked(order_id, ("a", 1)))["request_id"])
        clock.advance(timedelta(hours=number % 2))
    assert await desk.queue("asked") == ids
    assert [one["request_id"] for one in await desk.mine()] == ids[::-1]
    assert await desk.queue("refused") == []


async def test_what_is_not_one_s_own_is_not_there(desk: Desk, db: Database, member: UUID, now: datetime) -> None:
    await publish_policy(db, GENEROUS)
    order_id = await bought(desk, member, "1", now)
    assert refusal(await desk.ask(order_id, ("a", 1), client=desk.stranger)) == (404, "order_unknown")
    asked = await desk.asked(order_id, ("a", 1), client=desk.app)
    assert refusal(await desk.withdraw(asked, desk.stranger)) == (404, "order_unknown")
    assert (await desk.stranger.get("/api/member/v1/me/refund-requests")).json()["items"] == []
    other = await bought(desk, member, "2", now)
    elsewhere = console(asked | {"order_id": other})
    assert refusal(await desk.anna.get(elsewhere)) == (404, "refund_request_unknown")
    body = {"decision": "approve", "reason": "x"}
    answer = await desk.anna.post(f"{elsewhere}/decision", json=body, headers=keyed())
    assert refusal(answer) == (404, "refund_request_unknown")


async def test_a_command_sent_again_does_nothing_more(desk: Desk, db: Database, member: UUID, now: datetime) -> None:
    await publish_policy(db, GENEROUS)
    order_id = await bought(desk, member, "1", now)
    answers = [await desk.ask(order_id, ("a", 1), key="once") for _ in range(3)]
    assert [one.headers.get("Idempotency-Replayed") for one in answers] == [None, "true", "true"]
    assert len({one.text for one in answers}) == 1
    waits = await desk.asked(order_id, ("b", 1), client=desk.ben)
    decided = [await desk.decide(waits, key="once") for _ in range(2)]
    assert [(one.status_code, one.headers.get("Idempotency-Replayed")) for one in decided] == [
        (200, None),
        (200, "true"),
    ]
    assert len(await desk.shop.refunds(order_id)) == 2


async def test_of_many_who_decide_at_once_one_does(desk: Desk, member: UUID, now: datetime) -> None:
    order_id = await bought(desk, member, "1", now)
    asked = await desk.asked(order_id, ("a", 3))
    answers = await asyncio.gather(
        *(desk.decide(asked, decision, client=client) for decision in ("approve", "refuse")
          for client in (desk.anna, desk.ben) for _ in range(2)),
        desk.withdraw(asked),
    )  # fmt: skip
    told = Counter(one.status_code if one.is_success else refusal(one) for one in answers)
    assert told[200] + told[201] == 1
    assert told[409, "refund_request_decided"] == 8
    refunds = await desk.shop.refunds(order_id)
    assert len(refunds) == ((await desk.read(asked))["state"] == "refunded")
    await desk.shop.journal(member)


async def test_at_once_never_passes_the_limit_of_the_period(
    desk: Desk, db: Database, member: UUID, now: datetime
) -> None:
    await publish_policy(db, GENEROUS)
    orders = [await bought(desk, member, str(number), now) for number in range(8)]
    answers = await asyncio.gather(*(desk.asked(order_id, ("a", 3)) for order_id in orders))
    assert Counter(one["state"] for one in answers) == {"refunded": 5, "asked": 3}, "15,000 fen are five times 3,000"
    waits = next(one for one in answers if one["state"] == "asked")
    assert (await desk.read(waits))["why_not"] == ["period"]
    await desk.shop.journal(member)


async def test_of_many_who_ask_for_the_same_goods_at_once_as_many_get_them_as_there_are(
    desk: Desk, member: UUID, now: datetime
) -> None:
    order_id = await bought(desk, member, "1", now)
    answers = await asyncio.gather(
        *(
            desk.ask(order_id, ("a", 1), client=client)
            for client in (desk.member, desk.app, desk.anna)
            for _ in range(3)
        )
    )
    assert Counter(one.status_code for one in answers) == {201: 3, 409: 6}
