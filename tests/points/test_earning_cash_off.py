"""What points take off an order, and what is spent elsewhere (PTS-06, PTS-08, PTS-12)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.kernel.text import Text
from huixiang.platform.db import Database
from huixiang.points import service as points
from huixiang.points.model import NEVER, POINTS, Credit, Source
from huixiang.points.model.spending import RateRaise, SpendingCondition, SpendingFacts, SpendingRate, SpendingRules
from huixiang.points.rules.spending import cash_refund, limit_fen, rate_for, usable, worth_fen
from tests.points.rules_ground import balance, client, journal, member, publish, send

__all__ = ["client", "member"]

WEDNESDAY = date(2026, 3, 18)
NAME = Text(zh="规则", en="Rules")


def rules(*raises: RateRaise, step: int = 100, minimum: int = 100, share_bp: int = 5000) -> SpendingRules:
    return SpendingRules(NAME, SpendingRate(100, 100), step, minimum, share_bp, list(raises))


def raised(code: str, fen: int, **when: Any) -> RateRaise:
    return RateRaise(code=code, name=NAME, fen=fen, when=msgspec.convert(when, SpendingCondition))


@pytest.mark.requirement("PTS-06")
@pytest.mark.parametrize(
    ("available", "goods_fen", "points", "reasons"),
    [
        (1234, 10_000, 1200, ["available", "step"]),
        (1200, 10_000, 1200, ["available"]),
        (9999, 10_000, 5000, ["share"]),
        (9999, 9_990, 4900, ["share", "step"]),
        (99, 10_000, 0, ["available", "step", "minimum"]),
        (9999, 199, 0, ["share", "step", "minimum"]),
        (9999, 200, 100, ["share"]),
        (0, 10_000, 0, ["available", "minimum"]),
    ],
)
def test_points_are_used_in_steps_up_to_half_of_the_goods(
    available: int, goods_fen: int, points: int, reasons: list[str]
) -> None:
    assert usable(rules(), SpendingRate(100, 100), available, goods_fen) == (points, reasons)


@pytest.mark.requirement("PTS-06")
@given(
    rate=st.builds(SpendingRate, st.integers(1, 300), st.integers(1, 300)),
    step=st.integers(1, 60),
    steps=st.integers(1, 5),
    share_bp=st.integers(0, 10_000),
    available=st.integers(0, 800),
    goods_fen=st.integers(0, 3_000),
)
def test_nothing_more_could_be_used(
    rate: SpendingRate, step: int, steps: int, share_bp: int, available: int, goods_fen: int
) -> None:
    """Against trying every number of points."""
    terms = rules(step=step, minimum=step * steps, share_bp=share_bp)
    limit = Fraction(goods_fen * share_bp, 10_000)
    allowed = [
        tried
        for tried in range(available + 1)
        if tried % step == 0
        and tried >= terms.minimum
        and (Fraction(2 * tried * rate.fen, rate.points) + 1) // 2 <= limit
    ]
    assert usable(terms, rate, available, goods_fen)[0] == max(allowed, default=0)


@pytest.mark.requirement("PTS-06")
@pytest.mark.parametrize(
    ("facts", "fen", "code"),
    [
        (SpendingFacts(date(2026, 3, 17)), 100, None),
        (SpendingFacts(date(2026, 3, 17), tier="gold"), 110, "gold"),
        (SpendingFacts(WEDNESDAY, tier="gold"), 120, "member_day"),
        (SpendingFacts(date(2026, 6, 18), channel="app"), 150, "june"),
        (SpendingFacts(date(2026, 6, 19), channel="app"), 100, None),
        (SpendingFacts(date(2026, 6, 18), store="S001"), 100, None),
    ],
)
def test_the_best_rate_that_holds_counts(facts: SpendingFacts, fen: int, code: str | None) -> None:
    terms = rules(
        raised("gold", 110, tier="gold"),
        raised("member_day", 120, weekday=3),
        raised("june", 150, **{"from": "2026-06-01", "to": "2026-06-18"}, channel="app"),
    )
    rate, best = rate_for(terms, facts)
    assert (rate.fen, best.code if best else None) == (fen, code)


@pytest.mark.requirement("PTS-12")
def test_what_could_not_be_taken_back_comes_off_the_refund() -> None:
    dear = SpendingRules(NAME, SpendingRate(3, 10), 3, 3, 5000)
    assert (worth_fen(dear.rate, 1), worth_fen(dear.rate, 2), worth_fen(dear.rate, 3)) == (3, 7, 10)
    assert cash_refund(rules(), 5_000, 320) == 4_680
    assert cash_refund(rules(), 300, 320) == 0
    assert limit_fen(rules(), 199) == 99


async def give(db: Database, member: UUID, amount: int) -> None:
    async with db.transaction() as tx:
        source = Source(key=f"gift:{amount}", cause="gift", counter_account="issued:gift", occurred_at=tx.now)
        await points.post(tx, [Credit(member_id=member, book=POINTS, points=amount, source=source, expires_on=NEVER)])


@pytest.mark.requirement("PTS-06")
async def test_a_quote_tells_what_and_why(db: Database, client: httpx.AsyncClient, member: UUID) -> None:
    await give(db, member, 1_250)
    path = f"/api/v1/members/{member}/points/cash-off"
    quoted = await client.get(path, params={"goods_fen": 6_000})
    assert quoted.json() == {
        "available": 1_250,
        "goods_fen": 6_000,
        "limit_fen": 3_000,
        "usable": 1_200,
        "fen_off": 1_200,
        "rate_points": 100,
        "rate_fen": 100,
        "raised_by": None,
        "step": 100,
        "minimum": 100,
        "reasons": ["available", "step"],
        "rule": "spending.default",
        "rule_version": 1,
    }
    better = {"code": "wednesday", "name": {"zh": "周三", "en": "Wednesday"}, "fen": 125, "when": {"weekday": 3}}
    await publish(db, "spending", raises=[better])
    quoted = await client.get(path, params={"goods_fen": 2_000, "channel": "app"})
    told = ("usable", "fen_off", "raised_by", "rule_version", "reasons")
    assert [quoted.json()[name] for name in told] == [800, 1_000, "wednesday", 2, ["share"]]
    assert (await client.get(path)).status_code == 422
    assert len(await journal(db, member)) == 1


@pytest.mark.requirement("PTS-08")
@pytest.mark.parametrize("purpose", ["exchange", "donation"])
async def test_points_are_exchanged_and_donated(
    db: Database, client: httpx.AsyncClient, member: UUID, purpose: str
) -> None:
    await give(db, member, 300)
    path = f"/api/v1/members/{member}/points/redemptions"
    body = {"purpose": purpose, "points": 200, "reference": "school-lunch"}
    first = await send(client, path, body, key="k1")
    again = await send(client, path, body, key="k1")
    assert (first.status_code, first.json()) == (201, body | {"seq": 2})
    assert (again.json(), again.headers["Idempotency-Replayed"]) == (first.json(), "true")
    short = await send(client, path, body)
    assert (short.status_code, short.json()["code"], short.json()["available"]) == (409, "points_insufficient", 100)
    spent = (await journal(db, member))[-1]
    assert (spent.cause, spent.counter_account, spent.budget, spent.points) == (
        purpose,
        f"redeemed:{purpose}",
        "school-lunch",
        -200,
    )
    assert (await balance(db, member)).available == 100
