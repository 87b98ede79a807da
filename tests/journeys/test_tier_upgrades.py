"""A tier for points: 1,000 points make silver for a year, and never less than growth has made (PTS-08, TIER-03)."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec
import psycopg
import pytest

from huixiang.kernel.ids import new_id
from huixiang.rulebook import service as rulebook
from huixiang.tiers import jobs
from tests.journeys.conftest import House
from tests.journeys.test_points_movement import Person, answer, person
from tests.journeys.test_till_orders import order
from tests.points.movement import assert_lawful

pytestmark = pytest.mark.requirement("PTS-08", "TIER-03")

SILVER = {"tier": "silver"}


@pytest.fixture(autouse=True)
def lawful(superuser: psycopg.Connection[Any]) -> Iterator[None]:
    """Whatever a test did, no law is broken after it."""
    yield
    assert_lawful(superuser)


async def stands(saver: Person) -> tuple[str, str | None]:
    """The member's tier, and until when, where it was bought."""
    told = await saver.get("tier")
    return told["tier"]["code"], told["bought_until"]


async def end_due(house: House, *, after_days: int) -> None:
    house.clock.advance(timedelta(days=after_days))
    async with house.db.transaction() as tx:
        await jobs.end_upgrades_chunk(tx, jobs.EndUpgrades())


async def spend(house: House, name: str, yuan: int) -> dict[str, Any]:
    """An order of so many yuan, paid in cash, now."""
    lines = [{"line_id": "1", "sku": "beef", "pieces": 1, "payable_fen": yuan * 100}]
    made = order(name, str(new_id()), lines=lines, tenders=[], completed_at=house.clock.now().isoformat())
    placed: dict[str, Any] = answer(
        await house.post("/api/v1/orders", made | {"programme": "default"}, key=str(new_id()))
    )
    return placed


async def test_points_make_a_tier_for_its_time(house: House) -> None:
    saver = await person(house, "saver")
    [offer] = await saver.get("tier/offers")
    assert (offer["tier"]["code"], offer["points"], offer["days"]) == ("silver", 1000, 365)
    path = f"/api/v1/members/{saver.member_id}/tier/upgrades"
    bought = await house.post(path, SILVER, key="silver")
    again = await house.post(path, SILVER, key="silver")
    assert (bought.status_code, again.json()) == (201, bought.json())
    # 18 March 2026, and 365 days after it.
    assert await stands(saver) == ("silver", "2027-03-18T16:00:00Z")
    assert (await saver.get("tier/offers"), await saver.balance()) == ([], 0)
    paid = await house.get(f"/api/v1/members/{saver.member_id}/points/postings", cause="tier_upgrade")
    [line] = paid["items"]
    assert (line["points"], line["kind"], line["rule"], line["rule_version"]) == (-1000, "spend", "tiers.default", 1)
    house.clock.advance(timedelta(days=1))
    assert (await spend(house, "saver", 100))["points"] == 120
    await end_due(house, after_days=364 - 1)
    assert (await stands(saver))[0] == "silver"
    await end_due(house, after_days=2)
    assert await stands(saver) == ("bronze", None)
    [kept] = await saver.get("tier/upgrades")
    assert (kept["ended_at"], kept["undone"]) == ("2027-03-19T02:30:00Z", False)
    await end_due(house, after_days=1)
    assert await stands(saver) == ("bronze", None)


async def test_the_price_goes_to_an_account_and_a_budget_of_its_own(
    house: House, superuser: psycopg.Connection[Any]
) -> None:
    saver = await person(house, "saver")
    await saver.post("tier/upgrades", SILVER)
    rows = superuser.execute(
        "SELECT counter_account, budget FROM points.posting WHERE cause = 'tier_upgrade'"
    ).fetchall()
    assert rows == [("redeemed:tier_upgrade", "silver")]


async def test_what_is_refused_takes_no_points_and_gives_no_tier(house: House) -> None:
    saver = await person(house, "saver")
    assert await saver.post("tier/upgrades", {"tier": "gold"}) == "tier_not_for_sale"
    spent = {"points": 1, "cause": "checkout"}
    assert (await house.post(f"/api/v1/members/{saver.member_id}/points/spends", spent, key="one")).is_success
    assert await saver.post("tier/upgrades", SILVER) == "points_insufficient"
    assert (await stands(saver), await saver.balance(), await saver.get("tier/upgrades")) == (("bronze", None), 999, [])
    rich = await person(house, "rich")
    await spend(house, "rich", 2000)
    assert await rich.post("tier/upgrades", SILVER) == "tier_held"
    assert (await stands(rich), await rich.get("tier/offers")) == (("silver", None), [])


async def test_who_comes_twice_at_once_pays_once(house: House) -> None:
    saver = await person(house, "saver")
    await spend(house, "saver", 1900)
    house.clock.advance(timedelta(days=30))
    told = await asyncio.gather(*(saver.post("tier/upgrades", SILVER) for _ in range(4)))
    assert sorted(one if isinstance(one, str) else one["tier"] for one in told) == ["silver", *["tier_held"] * 3]
    assert len(await saver.get("tier/upgrades")) == 1


async def test_an_upgrade_is_undone_with_its_points(house: House) -> None:
    saver = await person(house, "saver")
    before = await saver.get("points")
    bought = await saver.post("tier/upgrades", SILVER)
    undo = f"/api/v1/members/{saver.member_id}/tier/upgrades/{bought['upgrade_id']}/undo"
    done = answer(await house.post(undo, None, key="undo"))
    assert (done["undone"], done["ended_at"]) == (True, "2026-03-18T02:30:00Z")
    assert await saver.get("points") == before
    assert await stands(saver) == ("bronze", None)
    assert answer(await house.post(undo, None, key="another")) == "tier_upgrade_ended"
    unknown = undo.replace(bought["upgrade_id"], str(new_id()))
    assert answer(await house.post(unknown, None, key="unknown")) == "tier_upgrade_unknown"


@pytest.mark.parametrize(("yuan", "then"), [(1999, "bronze"), (2000, "silver"), (5000, "gold")])
async def test_growth_during_its_time_counts_when_it_is_over(house: House, yuan: int, then: str) -> None:
    saver = await person(house, "saver")
    await saver.post("tier/upgrades", SILVER)
    house.clock.advance(timedelta(days=10))
    await spend(house, "saver", yuan)
    during = "gold" if then == "gold" else "silver"
    assert (await stands(saver))[0] == during
    await end_due(house, after_days=356)
    assert await stands(saver) == (then, None)


async def test_a_dearer_tier_falls_back_to_the_one_below_it_and_then_to_what_growth_made(house: House) -> None:
    saver = await person(house, "saver")
    prices = [{"tier": "silver", "points": 100, "days": 365}, {"tier": "gold", "points": 200, "days": 30}]
    async with house.db.transaction() as tx:
        body = msgspec.to_builtins((await rulebook.current(tx, "tiers", "default", tx.now)).body)
        await rulebook.publish(tx, "tiers", "default", body | {"upgrades": prices}, tx.now, "test", "two for sale")
    await saver.post("tier/upgrades", SILVER)
    await saver.post("tier/upgrades", {"tier": "gold"})
    assert (await stands(saver))[0] == "gold"
    await end_due(house, after_days=31)
    assert (await stands(saver))[0] == "silver"
    await end_due(house, after_days=335)
    assert (await stands(saver))[0] == "bronze"
