"""A newcomer tries a tier or a plan, once a person, and comes back to what they earned (MEM-13)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
import pytest_asyncio

from huixiang.kernel.clock import SettableClock
from huixiang.members.service import once
from huixiang.platform.db import Database
from huixiang.rulebook import service as rulebook
from huixiang.staff.model import Role
from huixiang.tiers import jobs
from tests.entry.program import running, sign_in
from tests.journeys.merging import House
from tests.points.movement import assert_lawful

pytestmark = pytest.mark.requirement("MEM-13")

PHONE, OTHER = "13812345678", "13912345678"
TRIAL: dict[str, Any] = {"on_registration": False, "tier": "silver", "days": 7, "newcomer_days": 30}
ENDS = "2026-03-25T16:00:00Z"  # 18 March 2026, and seven whole days


class Shop(House):
    async def joined(self, name: str, phone: str | None = None) -> str:
        return await self.member(name, **({} if phone is None else {"phone": phone}))

    async def rule(self, **change: Any) -> None:
        async with self.db.transaction() as tx:
            await rulebook.publish(tx, "trial", "default", TRIAL | change, tx.now, "test", "for the test")

    async def give(self, member: str) -> str:
        """The code of the refusal, or of what is tried."""
        answer = await self.post(f"members/{member}/trials", {"reason": "a flyer"})
        assert answer.status_code in {201, 404, 409}, answer.text
        return str(answer.json()["code"])

    async def tier(self, member: str) -> tuple[str, str | None]:
        told = await self.get(f"/api/v1/members/{member}/tier")
        return told["tier"]["code"], told["trial_until"]

    async def tried(self, member: str) -> list[tuple[str, str, bool]]:
        told = await self.get(f"/api/v1/members/{member}/trials")
        return [(one["gives"], one["code"], one["ended_at"] is None) for one in told]

    async def device(self, member: str, name: str) -> None:
        async with self.db.transaction() as tx:
            await once.seen_on(tx, [(UUID(member), name)])

    async def end_due(self) -> None:
        async with self.db.transaction() as tx:
            await jobs.end_trials_chunk(tx, jobs.EndTrials())

    async def close(self, member: str) -> None:
        identity = {"phone": PHONE, "reason": "moves out"}
        assert (await self.post(f"members/{member}/identities/unlink", identity)).status_code == 200
        assert (await self.post(f"members/{member}/state", {"state": "closed", "reason": "left"})).status_code == 200


@pytest_asyncio.fixture
async def shop(db: Database, superuser: psycopg.Connection[Any]) -> AsyncIterator[Shop]:
    async with running(db) as program:
        yield Shop(program, db)
    assert_lawful(superuser)


async def test_a_tier_is_tried_and_ends_to_what_was_earned(shop: Shop, clock: SettableClock) -> None:
    someone = await shop.joined("a", PHONE)
    assert await shop.give(someone) == "silver"
    assert await shop.tier(someone) == ("silver", ENDS)
    clock.advance(timedelta(days=1))  # off member day
    order = await shop.order(someone, "1", 10_000)
    assert order["points"] == 120, "as silver"
    seen = await shop.get(f"/api/v1/members/{someone}/tier")
    assert (seen["earned"]["code"], seen["next"]["code"], seen["growth"]) == ("bronze", "silver", 10_000)
    await shop.relay()
    clock.set(datetime.fromisoformat(ENDS) - timedelta(days=1, seconds=1))
    assert (await shop.order(someone, "2", 10_000))["points"] == 120
    clock.set(datetime.fromisoformat(ENDS) - timedelta(seconds=1))
    assert await shop.tier(someone) == ("silver", ENDS)
    clock.set(datetime.fromisoformat(ENDS))
    assert await shop.tier(someone) == ("bronze", None), "though no job came"
    assert await shop.tried(someone) == [("tier", "silver", False)]
    assert (await shop.order(someone, "3", 10_000))["points"] == 100
    await shop.end_due()
    assert await shop.tier(someone) == ("bronze", None)
    assert await shop.rows("SELECT member_id, tier FROM tiers.tiers_facts WHERE trial_until IS NOT NULL") == []
    assert await shop.rows("SELECT cause, to_tier FROM tiers.change ORDER BY seq") == [("trial", "bronze")], (
        "nothing that gifts could hang on"
    )
    assert await shop.give(someone) == "trial_used"


async def test_what_was_earned_meanwhile_stays(shop: Shop, clock: SettableClock) -> None:
    someone, more = await shop.joined("a"), await shop.joined("b")
    for one in (someone, more):
        await shop.give(one)
    await shop.order(someone, "1", 200_000)
    await shop.order(more, "2", 500_000)
    assert await shop.tier(someone) == ("silver", None)
    assert await shop.tier(more) == ("gold", None)
    assert await shop.tried(someone) == [("tier", "silver", False)]
    clock.advance(timedelta(days=9))
    await shop.end_due()
    assert [await shop.tier(one) for one in (someone, more)] == [("silver", None), ("gold", None)]
    ends = await shop.rows("SELECT 1 FROM platform.outbox WHERE events LIKE '%tiers.trial_ended.v1%'")
    assert len(ends) == 2


async def test_who_has_as_much_tries_nothing_and_has_it_left(shop: Shop, clock: SettableClock) -> None:
    someone = await shop.joined("a")
    clock.advance(timedelta(days=1))  # off member day
    await shop.order(someone, "1", 200_000)
    assert await shop.give(someone) == "tier_held"
    await shop.rule(tier="gold")
    assert await shop.give(someone) == "gold"
    assert (await shop.order(someone, "2", 10_000))["points"] == 150


async def test_a_person_is_known_by_phone_whatever_their_membership(shop: Shop) -> None:
    first = await shop.joined("a", PHONE)
    await shop.device(first, "phone-one")
    assert await shop.give(first) == "silver"
    await shop.close(first)
    again = await shop.joined("b", PHONE)
    await shop.device(again, "phone-two")
    assert await shop.give(again) == "trial_used", "another device, the same phone"
    moved = await shop.joined("c", OTHER)
    await shop.device(moved, "phone-one")
    assert await shop.give(moved) == "trial_used", "another phone, the same device"
    assert await shop.give(await shop.joined("d", "13712345678")) == "silver"


async def test_what_somebody_gains_after_their_trial_is_theirs_too(shop: Shop) -> None:
    first = await shop.joined("a", OTHER)
    await shop.give(first)
    assert (await shop.post(f"members/{first}/identities", {"phone": PHONE, "reason": "new"})).status_code == 200
    await shop.device(first, "phone-late")
    await shop.close(first)
    assert await shop.give(await shop.joined("b", PHONE)) == "trial_used"
    late = await shop.joined("c")
    await shop.device(late, "phone-late")
    assert await shop.give(late) == "trial_used"


@pytest.mark.parametrize("of_the_one_who_goes", [True, False])
async def test_after_a_merge_a_person_still_has_one(shop: Shop, of_the_one_who_goes: bool) -> None:  # noqa: FBT001
    gone, into = await shop.joined("gone", PHONE), await shop.joined("into", OTHER)
    assert await shop.give(gone if of_the_one_who_goes else into) == "silver"
    merge = await shop.merge(gone, into)
    await shop.relay()
    assert await shop.give(into) == "trial_used"
    assert (await shop.tier(into))[0] == ("bronze" if of_the_one_who_goes else "silver")
    assert (await shop.post(f"members/{into}/identities", {"phone": "13612345678", "reason": "x"})).status_code == 200
    assert (await shop.undo(merge)).status_code == 202
    await shop.relay()
    assert (await shop.tier(gone))[0] == ("silver" if of_the_one_who_goes else "bronze")
    other = into if of_the_one_who_goes else gone
    assert await shop.give(other) == ("trial_used" if of_the_one_who_goes else "silver"), (
        "what was gained as one person counts"
    )


async def test_a_plan_is_tried(shop: Shop, clock: SettableClock) -> None:
    async with shop.db.transaction() as tx:
        plus = {"name": {"zh": "年卡", "en": "Plus"}, "price_fen": 25800, "days": 365}
        await rulebook.publish(tx, "plan", "plus", plus, tx.now, "test", "new")
    await shop.rule(tier=None, plan="plus", days=3)
    someone = await shop.joined("a")
    assert await shop.give(someone) == "plus"
    [plan] = (await shop.get(f"/api/v1/members/{someone}/plans"))["items"]
    assert (plan["plan"], plan["trial"], plan["ends_at"]) == ("plus", True, "2026-03-21T16:00:00Z")
    clock.advance(timedelta(days=4))
    assert await shop.tried(someone) == [("plan", "plus", False)]
    assert await shop.give(someone) == "trial_used"


async def test_who_joins_has_it_at_once_where_the_rules_say_so(shop: Shop) -> None:
    await shop.rule(on_registration=True)
    old = (shop.db.clock.now() - timedelta(days=40)).isoformat()
    new, moved_in = await shop.joined("a", PHONE), await shop.member("b", registered_at=old)
    await shop.relay()
    assert await shop.tier(new) == ("silver", ENDS)
    assert await shop.tier(moved_in) == ("bronze", None)
    assert await shop.give(moved_in) == "trial_for_newcomers"
    await shop.close(new)
    again = await shop.joined("c", PHONE)
    await shop.relay()
    assert await shop.tier(again) == ("bronze", None)


async def test_staff_give_one_for_a_reason_and_the_member_sees_its_end(shop: Shop) -> None:
    clerk = await sign_in(shop.db, Role.CUSTOMER_SERVICE) | {"Idempotency-Key": "clerk"}
    path = f"/api/console/v1/members/{shop.program.member_id}/trials"
    given = await shop.program.client.post(path, json={"reason": "sorry"}, headers=clerk)
    assert (given.status_code, given.json()["ends_at"]) == (201, ENDS)
    again = await shop.program.client.post(path, json={"reason": "sorry"}, headers=clerk)
    assert (again.status_code, again.json()) == (201, given.json())
    mine = await shop.get("/api/member/v1/me/tier", shop.program.member)
    assert (mine["tier"]["code"], mine["trial_until"]) == ("silver", ENDS)
    [tried] = await shop.get("/api/member/v1/me/trials", shop.program.member)
    assert tried == given.json()
    assert await shop.rows("SELECT reason FROM staff.audit WHERE action = 'member.trial_given'") == [("sorry",)]


@pytest.mark.parametrize(
    ("change", "path"),
    [({"tier": "bronze"}, "$.tier"), ({"tier": "iron"}, "$.tier"), ({"tier": None, "plan": "none"}, "$.plan"),
     ({"plan": "plus"}, "$"), ({"days": 0}, "$.days")],
)  # fmt: skip
async def test_rules_that_cannot_be(shop: Shop, change: dict[str, Any], path: str) -> None:
    async with shop.db.transaction() as tx:
        findings = await rulebook.check(tx, "trial", "default", TRIAL | change)
    assert [one.path for one in findings.problems] == [path]
