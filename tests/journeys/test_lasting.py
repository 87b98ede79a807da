"""How long points last, over HTTP, and several books with rules of their own through one route (PTS-11, PTS-21)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from huixiang.kernel.ids import new_id
from huixiang.platform.db import Transaction
from huixiang.platform.outbox import Event, Subscription
from huixiang.platform.relay import Relay
from huixiang.points.events import PointsExpiringSoon
from huixiang.points.model import POINTS
from huixiang.points.service import sweep
from huixiang.points.service.sweep import Due
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import BEGINNING, RuleDocumentInvalid
from tests.journeys.conftest import House
from tests.journeys.test_earning import at_tier, buy, publish, register

REASON = {"zh": "春季活动积分", "en": "Points of the spring campaign"}
SHORT = {"policy": "days", "days": 60, "grace_days": 10}
NAME = {"zh": "礼品", "en": "Gift"}


async def credit(house: House, member_id: str, points: int, cause: str, **more: Any) -> Any:
    body = {"points": points, "cause": cause} | more
    answer = await house.post(f"/api/v1/members/{member_id}/points/credits", body, key=str(new_id()))
    return answer.json() if answer.is_success else answer.json()["code"]


async def done(house: House, member_id: str, behaviour: str) -> Any:
    body = {"behaviour": behaviour, "source_key": str(new_id())}
    return (await house.post(f"/api/v1/members/{member_id}/points/behaviours", body, key=str(new_id()))).json()


async def expiring(house: House, member_id: str, book: str = "points") -> list[tuple[str, int]]:
    told = await house.get(f"/api/v1/members/{member_id}/points", book=book)
    return [(one["expires_on"], one["points"]) for one in told["expiring"]]


@pytest.mark.requirement("PTS-11")
async def test_points_last_twelve_months_to_the_end_of_the_month_or_as_cause_and_tier_have_it(house: House) -> None:
    await register(house, "plain")
    told = await buy(house, "plain", ("apple", 10_000))
    kept = await house.get("/api/v1/orders/" + told["order_id"])
    assert await expiring(house, kept["member_id"]) == [("2027-03-31", 100 + 100)], "the first order's reward as well"

    exceptions = [
        {"cause": "share", "tier": "silver", "expiry": {"policy": "never"}},
        {"cause": "share", "expiry": {"policy": "year_end", "years": 1}},
        {"tier": "silver", "expiry": {"policy": "months", "months": 24, "end_of": "quarter"}},
    ]
    await publish(house, expiries=exceptions)
    bronze, silver = await register(house, "bronze"), await register(house, "silver")
    await at_tier(house, "silver", 2000)
    for member_id in (bronze, silver):
        assert (await done(house, member_id, "share"))["points"] == 20
        assert (await done(house, member_id, "review"))["points"] == 10
    assert await expiring(house, bronze) == [("2027-03-31", 10), ("2027-12-31", 20)]
    assert await expiring(house, silver) == [("2028-03-31", 10)], "what never expires is not spoken of"


@pytest.mark.requirement("PTS-11")
async def test_less_than_a_year_needs_a_reason_which_is_read_before_anything_is_earned(house: House) -> None:
    with pytest.raises(RuleDocumentInvalid, match=r"\$\.expiries\[0\]\.expiry\.reason"):
        await publish(house, expiries=[{"cause": "share", "expiry": SHORT}])
    await publish(house, expiries=[{"cause": "share", "expiry": SHORT | {"reason": REASON}}])
    shown = await house.get("/api/v1/rulebook/earning/default")
    [exception] = shown["body"]["expiries"]
    assert (exception["cause"], exception["expiry"]) == ("share", SHORT | {"reason": REASON})
    member_id = await register(house, "h1")
    assert (await done(house, member_id, "share"))["expires_on"] == "2026-05-27"


@pytest.mark.requirement("PTS-11")
async def test_a_member_is_told_a_month_ahead_and_has_the_grace(house: House) -> None:
    """Sixty days from 18 March is 17 May; ten days of grace make it 27 May."""
    await publish(house, expiries=[{"cause": "share", "expiry": SHORT | {"reason": REASON}}])
    member_id = await register(house, "h1")
    await done(house, member_id, "share")
    heard: list[tuple[str, int]] = []

    async def hear(_tx: Transaction, events: Sequence[Event]) -> None:
        heard.extend((str(one.expires_on), one.points) for one in events if isinstance(one, PointsExpiringSoon))

    async def a_day_later() -> None:
        house.clock.advance(timedelta(days=1))
        async with house.db.transaction() as tx:
            await sweep.remind(tx, POINTS, None, 100)
        await Relay(house.db, [Subscription("told", (PointsExpiringSoon,), hear)]).drain()
        await sweep.sweep_all(house.db, POINTS, Due.EXPIRY)

    for _ in range(39):  # to 26 April
        await a_day_later()
    assert heard == []
    await a_day_later()
    assert heard == [("2026-05-27", 20)]
    for _ in range(30):  # to 27 May
        await a_day_later()
    assert (await house.get(f"/api/v1/members/{member_id}/points"))["available"] == 20
    await a_day_later()
    assert heard == [("2026-05-27", 20)], "told once"
    assert (await house.get(f"/api/v1/members/{member_id}/points"))["balance"] == 0
    [expired, earned] = (await house.get(f"/api/v1/members/{member_id}/points/postings"))["items"]
    assert [(expired["kind"], expired["points"]), (earned["kind"], earned["points"])] == [("expire", -20), ("earn", 20)]


@pytest.mark.requirement("PTS-21")
async def test_each_book_has_its_own_rules_through_one_route(house: House) -> None:
    """Points last a year; a gift balance ten days, at most 100 a day; a partner's points for ever; stamps add up."""
    for code, has_lots in [("gift", True), ("miles", True), ("stamps", False)]:
        opened = await house.post("/api/v1/points/books", {"code": code, "has_lots": has_lots}, key=code)
        assert opened.status_code == 201, opened.text
    gift = {
        "name": NAME,
        "base_rate": {"points": 1, "fen": 100},
        "multipliers": [],
        "stacking": "highest",
        "ceiling_bp": 10_000,
        "pending_days": 0,
        "expiry": {"policy": "days", "days": 10, "reason": REASON},
        "caps": [{"code": "a_day", "period": "day", "limit": 100}],
    }
    async with house.db.transaction() as tx:
        await rulebook.publish(tx, "earning", "gift", gift, BEGINNING, "test", "a gift balance")
    member_id = await register(house, "h1")
    books = ("points", "gift", "miles", "stamps")
    made = {book: await credit(house, member_id, 120, "welcome_gift", book=book) for book in books}
    assert {book: (one["posting"]["points"], one["short"]) for book, one in made.items()} == {
        "points": (120, 0),
        "gift": (100, 20),
        "miles": (120, 0),
        "stamps": (120, 0),
    }
    ruled = [made[book]["posting"]["rule"] for book in books]
    assert ruled == ["earning.default", "earning.gift", None, None]
    assert [await expiring(house, member_id, book) for book in books] == [
        [("2027-03-31", 120)],
        [("2026-03-28", 100)],
        [],
        [],
    ]
    spends = f"/api/v1/members/{member_id}/points/spends"
    spent = {
        book: (await house.post(spends, {"points": 30, "cause": "checkout", "book": book}, key=f"spend {book}")).json()
        for book in books
    }
    assert spent["stamps"]["code"] == "book_not_spendable"
    house.clock.advance(timedelta(days=11))
    left = [(await house.get(f"/api/v1/members/{member_id}/points", book=book))["available"] for book in books]
    assert left == [90, 0, 90, 120]
    for book in books:
        items = (await house.get(f"/api/v1/members/{member_id}/points/postings", book=book))["items"]
        assert items[-1]["points"] == made[book]["posting"]["points"]
    assert await credit(house, member_id, 1, "welcome_gift", book="nowhere") == "book_unknown"
