"""The overview as the console reads it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from huixiang.checkout import service as checkout
from huixiang.checkout.model import NewOrder, RefundLine, RefundRequest
from huixiang.insight import rules
from huixiang.insight.handlers import SUBSCRIPTIONS
from huixiang.insight.model import DaySum
from huixiang.insight.routes import ROUTES
from huixiang.kernel.text import Text
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from huixiang.tiers.model import GrowthRate, Tier, TierRules
from tests.support.http_client import client_of
from tests.support.programme import line, load_programme, register_members, till_order


async def post(db: Database, orders: Sequence[NewOrder]) -> list[UUID]:
    async with db.transaction() as tx:
        posted = await checkout.post_orders(tx, orders)
    return [one.result.order_id for one in posted if one.result is not None]


async def read(db: Database, **period: str) -> dict[str, Any]:
    async with client_of(db, ROUTES, "insight:read") as client:
        answer = await client.get("/api/console/v1/overview", params=period)
    assert answer.status_code == 200, answer.text
    overview: dict[str, Any] = answer.json()
    return overview


@pytest.mark.requirement("INS-02")
async def test_what_the_screen_shows(db: Database, now: datetime) -> None:
    """`now` is 18 March 2026."""
    await load_programme(db)
    anna, ben, _carl = await register_members(db, 3)
    january, march = now - timedelta(days=60), now - timedelta(days=3)
    first, *_ = await post(
        db,
        [
            till_order(anna, "1", january, [line("a", 250_000)]),
            till_order(anna, "2", january + timedelta(days=1), [line("a", 1_050)]),
            till_order(ben, "3", march, [line("a", 9_990)]),
        ],
    )
    refund = RefundRequest(external_id="r1", reason="damaged", occurred_at=march, lines=[RefundLine("a", 1)])
    async with db.transaction() as tx:
        await checkout.refund_order(tx, first, refund)
    await Relay(db, SUBSCRIPTIONS).drain()

    overview = await read(db)
    months = overview.pop("months")
    assert overview == {
        "as_of": "2026-03-18T02:30:00Z",
        "members": 3,
        "orders": 3,
        "sales_fen": 261_040,
        "refunded_fen": 250_000,
        "points_issued": 2_500 + 10 + 99,
        "points_outstanding": 10 + 99,
        "tiers": [
            {"code": "bronze", "name": {"zh": "铜牌会员", "en": "Bronze"}, "members": 2},
            {"code": "silver", "name": {"zh": "银牌会员", "en": "Silver"}, "members": 1},
            {"code": "gold", "name": {"zh": "金牌会员", "en": "Gold"}, "members": 0},
            {"code": "diamond", "name": {"zh": "钻石会员", "en": "Diamond"}, "members": 0},
        ],
        "import": None,
    }
    assert [(one["month"], one["orders"], one["sales_fen"], one["active_members"]) for one in months] == [
        ("2026-01", 2, 251_050, 1),
        ("2026-02", 0, 0, 0),
        ("2026-03", 1, 9_990, 1),
    ]
    assert [one["new_members"] for one in months] == [0, 0, 3]

    since = await read(db, **{"from": "2026-03-01"})
    assert (since["orders"], since["sales_fen"], since["points_issued"], since["members"]) == (1, 9_990, 99, 3)
    assert [one["month"] for one in since["months"]] == ["2026-03"]
    until = await read(db, to="2026-02-28")
    assert (until["orders"], until["members"], until["points_outstanding"]) == (2, 0, 2_510)


async def test_an_empty_house(db: Database) -> None:
    await load_programme(db)
    overview = await read(db)
    assert (overview["members"], overview["orders"], overview["months"]) == (0, 0, [])
    assert [one["members"] for one in overview["tiers"]] == [0, 0, 0, 0]


async def test_a_period_must_be_one(db: Database) -> None:
    async with client_of(db, ROUTES, "insight:read") as client:
        for query in ("from=2026-02-01&to=2026-01-31", "from=yesterday", "from=2026-02-30", "to=2026-13-01", "until=1"):
            answer = await client.get(f"/api/console/v1/overview?{query}")
            assert (answer.status_code, answer.json()["code"]) == (422, "input_invalid"), query


async def test_it_needs_its_permission(db: Database) -> None:
    async with client_of(db, ROUTES, "members:read") as client:
        answer = await client.get("/api/console/v1/overview")
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_missing")


def test_months_without_anything_are_in_the_trend() -> None:
    days = {
        date(2025, 11, 30): DaySum(orders=1),
        date(2026, 2, 1): DaySum(orders=2),
        date(2026, 2, 28): DaySum(orders=4),
    }
    months = rules.by_month(days, {date(2026, 2, 1): 3, date(2026, 5, 1): 9})
    assert [(one.month, one.orders, one.active_members) for one in months] == [
        ("2025-11", 1, 0),
        ("2025-12", 0, 0),
        ("2026-01", 0, 0),
        ("2026-02", 6, 3),
    ]


def test_every_member_is_in_one_tier() -> None:
    name = Text(zh="等级", en="tier")
    tier_rules = TierRules(
        name=name,
        metric="spend",
        window_days=365,
        growth_rate=GrowthRate(1, 1),
        tiers=[Tier("bronze", name, 0), Tier("silver", name, 100)],
    )
    shares = rules.shares(tier_rules, 10, {"bronze": 2, "silver": 3, "copper": 1})
    assert [(share.code, share.members) for share in shares] == [("bronze", 7), ("silver", 3)]
