"""The one record of all that a refund undid (PTS-24)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
import psycopg
import pytest

from huixiang.checkout import service as checkout
from huixiang.checkout.model import KINDS, Tender
from huixiang.checkout.routes import ROUTES
from huixiang.kernel.clock import SettableClock
from huixiang.kernel.ids import new_id
from huixiang.platform import invariants
from huixiang.platform.db import Database
from huixiang.points import service as points
from huixiang.points.model import GROWTH, POINTS, ClawBack, Return, Source, Spend
from tests.architecture.source_tree import ROOT
from tests.checkout.shop import NDJSON, Answer, Shop
from tests.points.rules_ground import publish
from tests.support.http_client import client_of
from tests.support.programme import line, register_members

pytestmark = pytest.mark.requirement("PTS-24")

Effect = tuple[str, str, int]


def effects(refund: Answer) -> list[Effect]:
    return [(one["kind"], one["cause"], one["amount"]) for one in refund["reversal"]["effects"]]


async def spend(db: Database, member: UUID, amount: int, order_id: str | None = None, cause: str = "cash_off") -> None:
    async with db.transaction() as tx:
        source = Source(
            key=f"spend:{new_id()}", cause=cause, counter_account=f"redeemed:{cause}", occurred_at=tx.now,
            order_ref=UUID(order_id) if order_id else None,
        )  # fmt: skip
        await points.post(tx, [Spend(member_id=member, book=POINTS, points=amount, source=source)])


async def test_a_refund_lists_what_it_undid_with_the_postings(shop: Shop, member: UUID, now: datetime) -> None:
    order = await shop.order(member, "1", now, [line("a", 3000, pieces=3)], programme="base")
    told = await shop.refund(order["order_id"], "r1", now, ("a", 1))
    assert effects(told) == [("points_taken", "consumption", 10), ("growth_taken", "consumption", 1000)]
    assert told["reversal"]["state"] == "done"
    first, second = told["reversal"]["effects"]
    assert (first["unit"], first["state"], first["book"], first["seq"]) == ("points", "done", "points", 2)
    assert (second["unit"], second["state"], second["book"], second["seq"]) == ("growth", "done", "growth", 2)
    assert first["name"] == {"zh": "扣回积分", "en": "Points taken back"}
    assert await shop.refunds(order["order_id"]) == [told]
    await shop.journal(member)


async def test_a_refund_of_nothing_undid_nothing(shop: Shop, member: UUID, now: datetime) -> None:
    order = await shop.order(member, "1", now, [line("a", 0)], programme="base")
    told = await shop.refund(order["order_id"], "r1", now, ("a", 1))
    assert told["reversal"] == {"state": "done", "effects": []}
    assert await shop.refunds(order["order_id"]) == [told]


@pytest.mark.requirement("PTS-12")
@pytest.mark.parametrize(
    ("policy", "found"),
    [
        ("debt", [("points_taken", 5), ("pending_taken", 20), ("points_owed", 5)]),
        ("cash", [("points_taken", 5), ("points_in_cash", 25)]),
        ("pending_only", [("points_taken", 5), ("pending_taken", 20), ("points_let_go", 5)]),
    ],
)
async def test_each_way_in_which_points_were_found_is_an_effect(
    shop: Shop, db: Database, member: UUID, now: datetime, policy: str, found: list[tuple[str, int]]
) -> None:
    await publish(db, "spending", claw_back=policy)
    await publish(db, "earning", behaviours=[], caps=[], multipliers=[])
    order = await shop.order(member, "1", now, [line("a", 3000)], programme="base")
    await shop.order(member, "2", now, [line("a", 2000)])
    await spend(db, member, 25)
    told = await shop.refund(order["order_id"], "r1", now, ("a", 1))
    assert effects(told) == [
        *((kind, "consumption", amount) for kind, amount in found),
        ("growth_taken", "consumption", 3000),
    ]
    assert await shop.refunds(order["order_id"]) == [told]
    await shop.journal(member)


async def test_what_expired_counts_and_says_so(
    shop: Shop, db: Database, clock: SettableClock, member: UUID, now: datetime
) -> None:
    short_lived = {"policy": "days", "days": 60, "reason": {"zh": "短", "en": "short"}}
    await publish(db, "earning", behaviours=[], caps=[], multipliers=[], expiry=short_lived)
    order = await shop.order(member, "1", now, [line("a", 3000)])
    clock.advance(timedelta(days=70))
    told = await shop.refund(order["order_id"], "r1", clock.now(), ("a", 1))
    assert effects(told)[0] == ("points_expired", "consumption", 30)
    await shop.journal(member)


@pytest.mark.requirement("PTS-12", "CHK-06")
async def test_points_that_were_spent_on_an_order_come_back_with_it(
    shop: Shop, db: Database, member: UUID, now: datetime
) -> None:
    """In proportion to what came back of it; what the shop gave back itself is not given twice."""
    await publish(db, "earning", behaviours=[], caps=[], multipliers=[], pending_days=0)
    await shop.order(member, "0", now, [line("a", 100_000)])
    lines = [line("a", 2000, pieces=2), line("b", 1000)]
    order = await shop.order(member, "1", now, lines, tenders=[Tender("points", 500)])
    for amount in (200, 300):
        await spend(db, member, amount, order["order_id"])
    before = await shop.balance(member)
    first = await shop.refund(order["order_id"], "r1", now, ("a", 1))
    assert (first["points_returned"], effects(first)[0]) == (167, ("points_returned", "cash_off", 167))
    spends = [one for one in await shop.journal(member) if one.kind == "spend"]
    async with db.transaction() as tx:
        back = Source(key="desk", cause="cash_off", counter_account="returned:cash_off", occurred_at=tx.now)
        origin = spends[0].key
        await points.post(tx, [points_return(member, 50, origin, back)])
    rest = await shop.refund(order["order_id"], "r2", now, ("a", 1), ("b", 1))
    assert rest["points_returned"] == 500 - 167 - 50
    assert [one for one in effects(rest) if one[0] == "points_returned"] == [
        ("points_returned", "cash_off", 133),
        ("points_returned", "cash_off", 150),
    ]
    after = await shop.balance(member)
    assert (after.balance, after.available, after.debt) == (1000, 1000, 0)
    (lots,) = after.expiring
    assert (lots.expires_on, lots.points) == (before.expiring[0].expires_on, 1000)
    assert await shop.refunds(order["order_id"]) == [first, rest]


def points_return(member: UUID, amount: int, origin: str, source: Source) -> Any:
    return Return(member_id=member, book=POINTS, points=amount, origin_key=origin, source=source)


@pytest.mark.requirement("PTS-03")
async def test_the_reward_of_a_first_order_goes_with_the_last_of_it(
    shop: Shop, db: Database, member: UUID, now: datetime
) -> None:
    await publish(db, "earning", caps=[], multipliers=[])
    order = await shop.order(member, "1", now, [line("a", 2000, pieces=2)])
    half = await shop.refund(order["order_id"], "r1", now, ("a", 1))
    assert (half["reward"], (await shop.balance(member)).balance) == (0, 110)
    rest = await shop.refund(order["order_id"], "r2", now, ("a", 1))
    assert rest["reward"] == 100
    assert sum(amount for _, cause, amount in effects(rest) if cause == "first_order") == 100
    assert (await shop.balance(member)).balance == 0
    second = await shop.order(member, "2", now, [line("a", 2000)])
    assert (await shop.balance(member)).balance == second["points"], "a first order is rewarded once"
    back = await shop.refund(second["order_id"], "r1", now, ("a", 1))
    assert back["reward"] == 0
    await shop.journal(member)


async def test_a_reward_that_was_spent_goes_by_the_policy(
    shop: Shop, db: Database, member: UUID, now: datetime
) -> None:
    await publish(db, "spending", claw_back="cash")
    await publish(db, "earning", caps=[], multipliers=[], pending_days=0)
    order = await shop.order(member, "1", now, [line("a", 2000)])
    free = (await shop.balance(member)).available
    await spend(db, member, free)
    told = await shop.refund(order["order_id"], "r1", now, ("a", 1))
    short = Counter({cause: amount for kind, cause, amount in effects(told) if kind == "points_in_cash"})
    assert (told["points_short"], told["reward_short"]) == (short["consumption"], short["first_order"])
    assert sum(short.values()) == free
    assert told["cash_refund_fen"] == 2000 - free
    await shop.journal(member)


async def test_what_was_taken_before_is_named_and_not_taken_twice(shop: Shop, member: UUID, now: datetime) -> None:
    order = await shop.order(member, "1", now, [line("a", 3000, pieces=3)], programme="base")
    await shop.take_back(member, "points", 1, 25, key="p")
    await shop.take_back(member, "growth", 1, 2500, key="g")
    rows = [refund_row("1", f"r{number}", now) for number in range(3)]
    told = await shop.upload(*rows)
    assert [one["outcome"] for one in told] == ["created"] * 3
    refunds = await shop.refunds(order["order_id"])
    assert [effects(one) for one in refunds] == [
        [
            ("points_taken", "consumption", 5), ("growth_taken", "consumption", 500),
            ("points_before", "consumption", 5), ("growth_before", "consumption", 500),
        ],
        [("points_before", "consumption", 10), ("growth_before", "consumption", 1000)],
        [("points_before", "consumption", 10), ("growth_before", "consumption", 1000)],
    ]  # fmt: skip
    assert (await shop.balance(member)).balance == 0
    await shop.journal(member)


def refund_row(order: str, number: str, at: datetime, line_id: str = "a", quantity: int = 1) -> dict[str, Any]:
    return {
        "order": {"source": "till", "external_id": order},
        "external_id": number,
        "reason": "ripe",
        "occurred_at": at,
        "lines": [{"line_id": line_id, "quantity": quantity}],
    }


async def test_a_deduction_of_growth_is_owed_and_disturbs_no_other_row(
    shop: Shop, db: Database, member: UUID, now: datetime
) -> None:
    """Growth that was deducted for another reason is not there any more: the rest is owed, as points are."""
    (other,) = await register_members(db, 1, prefix="other")
    for buyer in (member, other):
        await shop.order(buyer, f"of {buyer.int % 1000}".replace(" ", "-"), now, [line("a", 1000)], programme="base")
    async with db.transaction() as tx:
        source = Source(key="breach", cause="breach", counter_account="clawed_back:breach", occurred_at=now)
        await points.post(tx, [ClawBack(member_id=member, book=GROWTH, points=900, origin_key=None, source=source)])
    rows = [refund_row(f"of-{buyer.int % 1000}", "r1", now) for buyer in (member, other)]
    assert [one["outcome"] for one in await shop.upload(*rows)] == ["created", "created"]
    async with db.transaction() as tx:
        stands = await points.balance(tx, member, GROWTH)
    assert (stands.balance, stands.debt) == (0, 900)
    await shop.journal(member)


async def test_a_system_that_posts_under_keys_like_ours_breaks_no_law(shop: Shop, member: UUID, now: datetime) -> None:
    """Its keys stand under a name of their own, whatever it calls the cause."""
    order = await shop.order(member, "1", now, [line("a", 3000, pieces=3)], programme="base")
    refund = await shop.refund(order["order_id"], "r1", now, ("a", 1))
    for key in (f"refund:{refund['refund_id']}", f"order:{order['order_id']}:earn"):
        await shop.take_back(member, "points", 1, 5, key=key, cause="refund")
        credit = {
            "member_id": member, "key": key, "points": 5, "occurred_at": now, "cause": "consumption",
            "order_id": order["order_id"],
        }  # fmt: skip
        path = "/api/v1/points/credits/bulk"
        answer = await shop.client.post(path, content=msgspec.json.encode(credit), headers=NDJSON)
        assert answer.json()["rows"][0]["outcome"] == "created", answer.text
    keys = [one.key for one in await shop.journal(member)]
    assert [key.partition(":")[0] for key in keys] == ["order", "refund", "api", "bulk", "api", "bulk"]
    rest = await shop.refund(order["order_id"], "r2", now, ("a", 2))
    assert (rest["points"], rest["points_before"]) == (20, 10)
    await shop.journal(member)


async def test_staff_and_the_member_see_it_and_another_member_does_not(
    shop: Shop, db: Database, member: UUID, now: datetime
) -> None:
    order = await shop.order(member, "1", now, [line("a", 3000, pieces=3)], programme="base")
    order_id = order["order_id"]
    told = [await shop.refund(order_id, f"r{number}", now, ("a", 1)) for number in range(3)]
    async with client_of(db, ROUTES, "orders:read") as staff:
        first = (await staff.get(f"/api/console/v1/orders/{order_id}/refunds", params={"limit": 2})).json()
        more = {"limit": 2, "cursor": first["next_cursor"]}
        second = (await staff.get(f"/api/console/v1/orders/{order_id}/refunds", params=more)).json()
    assert (first["items"] + second["items"], second["next_cursor"]) == (told, None)
    mine = f"/api/member/v1/me/orders/{order_id}/refunds"
    async with client_of(db, ROUTES, member=member) as client:
        assert (await client.get(mine)).json()["items"] == told
    async with client_of(db, ROUTES, member=new_id()) as client:
        assert (await client.get(mine)).json()["code"] == "order_unknown"
    unknown = await shop.client.get(f"/api/v1/orders/{order_id}/refunds/{new_id()}")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "refund_unknown")


async def test_what_concerns_others_is_pending_until_it_is_done_and_is_missed_after_ten_minutes(
    shop: Shop, db: Database, clock: SettableClock, member: UUID, now: datetime,
    superuser: psycopg.Connection[Any],
) -> None:  # fmt: skip
    order = await shop.order(member, "1", now, [line("a", 3000)], programme="base")
    refund = await shop.refund(order["order_id"], "r1", now, ("a", 1))
    # No module has an effect on others yet, so the row is written as one of theirs would be.
    superuser.execute(
        "INSERT INTO checkout.reversal_effect VALUES (%s, %s, 9, 'pending', 'points_taken', 'referral', 7, %s, NULL,"
        " NULL, %s)",
        (member, refund["refund_id"], new_id(), clock.now()),
    )
    (told,) = await shop.refunds(order["order_id"])
    assert (told["reversal"]["state"], told["reversal"]["effects"][-1]["state"]) == ("pending", "pending")
    assert await open_reversals(db) == []
    clock.advance(timedelta(minutes=11))
    assert [(row["refund_id"], row["effect_no"]) for row in await open_reversals(db)] == [
        (UUID(refund["refund_id"]), 9)
    ]

    async def finish() -> bool:
        async with db.transaction() as tx:
            return await checkout.finish_effect(tx, member, UUID(refund["refund_id"]), 9)

    assert [await finish(), await finish()] == [True, False]
    (told,) = await shop.refunds(order["order_id"])
    assert told["reversal"]["state"] == "done"
    await shop.journal(member)


async def open_reversals(db: Database) -> list[dict[str, Any]]:
    (law,) = (law for law in invariants.laws() if law.name == "checkout_reversal_open")
    async with db.transaction(read_only=True) as tx:
        return [breach.row async for breach in invariants.breaches(tx, law)]


@pytest.mark.parametrize(
    "change", ["UPDATE checkout.reversal_effect SET amount = 1", "DELETE FROM checkout.reversal_effect"]
)
async def test_the_program_can_change_no_record(db: Database, change: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with db.transaction() as tx:
            await tx.execute(change)


def test_every_kind_of_effect_has_a_name_in_both_languages_and_is_documented() -> None:
    page = (ROOT / "docs" / "domain" / "checkout.md").read_text()
    for code, kind in KINDS.items():
        assert kind.name.zh != kind.name.en
        assert f"| `{code}` |" in page, code
