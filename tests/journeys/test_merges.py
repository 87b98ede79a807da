"""Two members found to be one: merged, undone, and refused (MEM-02)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
import pytest_asyncio

from huixiang.entry.background import SUBSCRIPTIONS
from huixiang.kernel.clock import SettableClock
from huixiang.members.rules import merging as rules
from huixiang.platform.db import Database
from huixiang.rulebook import service as rulebook
from tests.entry.program import running
from tests.journeys.merging import House
from tests.points.movement import assert_lawful

pytestmark = pytest.mark.requirement("MEM-02")

NAME = {"zh": "甲", "en": "A"}


@pytest_asyncio.fixture
async def house(db: Database) -> AsyncIterator[House]:
    async with running(db) as program:
        async with db.transaction() as tx:
            plan = {"name": NAME, "price_fen": 9900, "days": 30}
            await rulebook.publish(tx, "plan", "plus", plan, tx.now, "test", "test")
            await rulebook.publish(tx, "benefit", "freight", {"name": NAME, "times": 4}, tx.now, "test", "test")
        yield House(program, db)


async def with_everything(house: House, name: str, fen: int) -> str:
    """A member with an order, a coupon, a plan and a benefit."""
    member = await house.member(name)
    await house.order(member, f"order of {name}".replace(" ", "-"), fen)
    for path, body in (
        ("coupons", {"rule": f"rule-{name}"}),
        ("plans", {"plan": "plus"}),
        ("benefits", {"benefit": "freight", "source": f"service:{name}"}),
    ):
        answer = await house.post(f"members/{member}/{path}", body)
        assert answer.status_code == 201, answer.text
    await house.relay()
    return member


async def owned(house: House, member: str) -> dict[str, Any]:
    """Everything that a member has, as other systems are told."""
    lists = {
        what: (await house.get(f"/api/v1/members/{member}/{what}"))["items"]
        for what in ("coupons", "plans", "benefits")
    }
    points = await house.get(f"/api/v1/members/{member}/points")
    tier = await house.get(f"/api/v1/members/{member}/tier")
    return lists | {
        "points": {key: points[key] for key in ("balance", "available", "pending", "held", "debt")},
        "growth": tier["growth"],
        "tier": tier["tier"]["code"],
    }


def everything_of(*members: dict[str, Any]) -> dict[str, Any]:
    """What two members have together."""
    first, second = members
    return {
        **{
            what: sorted(first[what] + second[what], key=lambda one: sorted(map(str, one.values())))
            for what in ("coupons", "plans", "benefits")
        },
        "points": {key: first["points"][key] + second["points"][key] for key in first["points"]},
        "growth": first["growth"] + second["growth"],
    }


def arranged(member: dict[str, Any]) -> dict[str, Any]:
    kinds = ("coupons", "plans", "benefits")
    return member | {what: sorted(member[what], key=lambda one: sorted(map(str, one.values()))) for what in kinds}


def test_every_module_that_waits_has_a_handler() -> None:
    named = {one.name for one in SUBSCRIPTIONS}
    assert {f"{module}.merges" for module in rules.OTHERS} | {f"{rules.LEDGER}.transfers"} <= named


async def test_all_of_both_is_one_members_until_it_is_undone(house: House, superuser: psycopg.Connection[Any]) -> None:
    gone, into = await with_everything(house, "gone", 30_000), await with_everything(house, "into", 12_000)
    before = [await owned(house, gone), await owned(house, into)]
    cards = [await house.get(f"/api/v1/members/{one}") for one in (gone, into)]
    merge = await house.merge(gone, into)
    assert (merge["state"], merge["waits"]) == (
        "moving",
        ["points", "benefits", "checkout", "coupons", "habits", "plans"],
    )
    assert [await house.state(one) for one in (gone, into)] == ["merging", "merging"]
    await house.relay()
    assert (await house.read(merge))["state"] == "done"
    assert [await house.state(one) for one in (gone, into)] == ["merged", "active"]
    both = await owned(house, into)
    assert arranged(both) | {"tier": None} == everything_of(*before) | {"tier": None}
    assert await owned(house, gone) == both, "the old id goes on resolving"
    card = await house.get(f"/api/v1/members/{gone}")
    assert card["member_id"] == into
    assert {one["external_id"] for one in card["external_ids"]} == {"gone", "into"}
    assert_lawful(superuser)
    assert (await house.undo(merge)).status_code == 202
    await house.relay()
    assert (await house.read(merge))["state"] == "undone"
    assert [await owned(house, gone), await owned(house, into)] == before
    assert [await house.get(f"/api/v1/members/{one}") for one in (gone, into)] == cards
    assert_lawful(superuser)


async def test_every_way_of_naming_the_one_who_went_names_the_one_who_stays(house: House) -> None:
    gone = await house.member("gone", phone="13812345678")
    into = await house.member("into")
    number = (await house.get(f"/api/v1/members/{gone}"))["number"]
    merge = await house.merge(gone, into)
    ways: list[dict[str, Any]] = [
        {"phone": "13812345678"}, {"number": number}, {"member_id": gone}, {"source": "app", "external_id": "gone"},
    ]  # fmt: skip
    for _ in range(2):  # while it moves, and afterwards
        found = [(await house.post("members/lookup", way)).json()["member_id"] for way in ways]
        assert found == [into] * 4
        await house.relay()
    again = {"channel": "app", "phone": "13812345678", "external_ids": [{"source": "app", "external_id": "gone"}]}
    assert (await house.post("members", again)).json()["member_id"] == into
    quote = {"member": {"member_id": gone}, "channel": "app", "lines": [{"line_id": "a", "sku": "x", "pieces": 1}]}
    asked = [(await house.post("quotes", quote | {"member": {"member_id": one}})).status_code for one in (gone, into)]
    assert asked[0] == asked[1] != 404
    spend = await house.post(f"members/{gone}/points/spends", {"points": 1, "cause": "till"})
    assert (spend.status_code, spend.json()["code"], spend.json()["member_id"]) == (409, "member_merged", into)
    await house.undo(merge)
    await house.relay()
    assert [(await house.post("members/lookup", way)).json()["member_id"] for way in ways] == [gone] * 4


async def test_while_it_moves_orders_go_on_and_spending_is_refused(
    house: House, superuser: psycopg.Connection[Any]
) -> None:
    gone, into = await with_everything(house, "gone", 30_000), await with_everything(house, "into", 12_000)
    total = await house.points(gone) + await house.points(into)
    merge = await house.merge(gone, into)
    for one in (gone, into):
        for path, body in (
            ("points/spends", {"points": 1, "cause": "till"}),
            ("points/holds", {"points": 1, "cause": "order"}),
            ("points/redemptions", {"purpose": "exchange", "points": 1, "reference": "mug"}),
        ):
            refused = await house.post(f"members/{one}/{path}", body)
            assert (refused.status_code, refused.json()["code"]) == (409, "member_state_refuses")
            assert refused.json()["state"] == "merging"
        await house.get(f"/api/v1/members/{one}/points")
    orders = [await house.order(one, f"meanwhile-{place}") for place, one in enumerate((gone, into))]
    given = await house.post(f"members/{gone}/coupons", {"rule": "meanwhile"})
    assert given.status_code == 201
    await house.relay()
    earned = sum(order["points"] for order in orders)
    assert earned > 0
    assert await house.points(into) == total + earned
    assert len((await house.get(f"/api/v1/members/{into}/coupons"))["items"]) == 3
    (states,) = await house.rows(
        "SELECT array_agg(DISTINCT member_id::text) FROM checkout.orders WHERE external_id LIKE 'mean%'"
    )
    assert states == ([into],)
    spent = await house.post(f"members/{into}/points/spends", {"points": 1, "cause": "till"})
    assert spent.status_code == 201
    assert (await house.read(merge))["state"] == "done"
    assert_lawful(superuser)


async def test_what_was_moved_and_spent_does_not_come_back(house: House, superuser: psycopg.Connection[Any]) -> None:
    gone, into = await with_everything(house, "gone", 30_000), await with_everything(house, "into", 12_000)
    merge = await house.merge(gone, into)
    await house.relay()
    before = await owned(house, into)
    spent = await house.post(
        f"members/{into}/points/spends", {"points": before["points"]["available"], "cause": "till"}
    )
    assert spent.status_code == 201
    await house.relay()
    assert (await house.undo(merge)).status_code == 202
    await house.relay()
    read = await house.read(merge)
    assert (read["state"], read["refusal"]) == ("done", "points_merge_spent")
    assert [await house.state(one) for one in (gone, into)] == ["merged", "active"]
    assert len((await owned(house, into))["coupons"]) == 2
    assert_lawful(superuser)


async def test_a_merge_is_undone_within_a_day(house: House, clock: SettableClock) -> None:
    gone, into = await house.member("gone"), await house.member("into")
    merge = await house.merge(gone, into)
    assert (await house.undo(merge)).json()["code"] == "merge_not_done"
    await house.relay()
    clock.advance(timedelta(days=1, seconds=1))
    assert (await house.undo(merge)).json()["code"] == "unmerge_too_late"
    clock.advance(timedelta(seconds=-1))
    assert (await house.undo(merge)).status_code == 202


async def test_a_merge_that_the_ledger_refuses_changes_nothing(
    house: House, superuser: psycopg.Connection[Any]
) -> None:
    gone, into = await with_everything(house, "gone", 30_000), await with_everything(house, "into", 12_000)
    held = await house.post(f"members/{gone}/points/holds", {"points": 1, "cause": "order"})
    assert held.status_code == 201
    await house.relay()
    before = [await owned(house, gone), await owned(house, into)]
    merge = await house.merge(gone, into)
    await house.relay()
    read = await house.read(merge)
    assert (read["state"], read["refusal"]) == ("refused", "points_merge_refused: holds")
    assert [await owned(house, gone), await owned(house, into)] == before
    assert [await house.state(one) for one in (gone, into)] == ["active", "active"]
    released = await house.post(f"members/{gone}/points/holds/{held.json()['hold_id']}/release", {})
    assert released.status_code == 201
    again = await house.merge(gone, into)
    await house.relay()
    assert (await house.read(again))["state"] == "done"
    assert_lawful(superuser)


async def test_what_comes_to_the_old_id_later_follows_and_comes_back_with_it(
    house: House, superuser: psycopg.Connection[Any]
) -> None:
    """As the refund of an old order, which stays where it was."""
    gone, into = await house.member("gone"), await house.member("into")
    order = await house.order(gone, "old", 30_000)
    await house.relay()
    merge = await house.merge(gone, into)
    await house.relay()
    had = await house.points(into)
    refund = {"external_id": "r1", "reason": "short", "occurred_at": house.db.clock.now().isoformat(),
              "lines": [{"line_id": "a", "quantity": 1}]}  # fmt: skip
    refunded = await house.post(f"orders/{order['order_id']}/refunds", refund)
    assert refunded.status_code == 201, refunded.text
    await house.relay()
    await house.bring_along()
    assert await house.points(into) == had - refunded.json()["points"] - refunded.json()["reward"]
    (left,) = await house.rows("SELECT sum(balance - debt)::int FROM points.account WHERE member_id = $1", UUID(gone))
    assert left == (0,)
    assert_lawful(superuser)
    assert (await house.undo(merge)).status_code == 202
    await house.relay()
    assert (await house.read(merge))["refusal"] == "points_merge_spent", "the debt was paid out of what was moved"


async def test_merges_one_after_the_other_are_undone_the_last_one_first(
    house: House, superuser: psycopg.Connection[Any]
) -> None:
    joined = (house.db.clock.now() - timedelta(days=9)).isoformat()
    a = await house.member("a", registered_at=joined)  # nobody welcomes them with points
    assert (await house.post(f"members/{a}/coupons", {"rule": "rule-a"})).status_code == 201
    b, c = [await with_everything(house, name, 10_000) for name in ("b", "c")]
    before = [await owned(house, one) for one in (a, b, c)]
    first = await house.merge(a, b)
    await house.relay()
    second = await house.merge(b, c)
    await house.relay()
    assert (await house.read(second))["state"] == "done"
    for one in (a, b):
        assert (await house.get(f"/api/v1/members/{one}"))["member_id"] == c
    assert len((await owned(house, c))["coupons"]) == 3
    refused = await house.undo(first)
    assert (refused.status_code, refused.json()["code"], refused.json()["member_id"]) == (409, "merge_covered", c)
    await house.undo(second)
    await house.relay()
    assert (await house.get(f"/api/v1/members/{a}"))["member_id"] == b
    assert await owned(house, c) == before[2]
    await house.undo(first)
    await house.relay()
    assert [await owned(house, one) for one in (a, b, c)] == before
    assert_lawful(superuser)


@pytest.mark.parametrize(
    ("gone_state", "into_state", "both"),
    [
        ("active", "active", "active"), ("minor", "active", "minor"), ("active", "blocked", "blocked"),
        ("blocked", "minor", "blocked"), ("closed", "active", None), ("active", "deceased", None),
    ],
)  # fmt: skip
async def test_a_merge_frees_nobody(
    house: House, superuser: psycopg.Connection[Any], gone_state: str, into_state: str, both: str | None
) -> None:
    gone, into = await house.member("gone"), await house.member("into")
    for one, state in ((gone, gone_state), (into, into_state)):
        superuser.execute("UPDATE members.member SET state = %s WHERE member_id = %s", (state, one))
    if both is None:
        answer = await house.post(f"members/{gone}/merges", {"into": {"member_id": into}, "reason": "one person"})
        assert (answer.status_code, answer.json()["code"]) == (409, "merge_not_possible")
        return
    merge = await house.merge(gone, into)
    await house.relay()
    assert [await house.state(one) for one in (gone, into)] == ["merged", both]
    await house.undo(merge)
    await house.relay()
    assert [await house.state(one) for one in (gone, into)] == [gone_state, into_state]


async def test_nobody_is_merged_with_themselves_or_twice_at_once(house: House) -> None:
    gone, into, other = [await house.member(name) for name in ("gone", "into", "other")]
    body = {"into": {"member_id": into}, "reason": "one person"}
    assert (await house.post(f"members/{into}/merges", body)).json()["code"] == "merge_with_self"
    await house.merge(gone, into)
    assert (await house.post(f"members/{gone}/merges", body)).json()["code"] == "merge_with_self"
    for one, into_whom in ((other, into), (into, other)):
        answer = await house.post(f"members/{one}/merges", body | {"into": {"member_id": into_whom}})
        assert (answer.status_code, answer.json()["code"], answer.json()["state"]) == (
            409, "merge_not_possible", "merging",
        )  # fmt: skip
