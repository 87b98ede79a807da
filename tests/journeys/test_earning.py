"""What orders earn, over HTTP: by which rate, multiplied by what, and how a refund takes it back (PTS-01, PTS-02)."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from huixiang.kernel.ids import new_id
from huixiang.rulebook import service as rulebook
from huixiang.rulebook.model import BEGINNING
from tests.journeys.conftest import House
from tests.journeys.test_till_orders import order

NDJSON = {"Content-Type": "application/x-ndjson"}
THURSDAY, WEDNESDAY = "2026-03-12T10:00:00+08:00", "2026-03-11T10:00:00+08:00"
Told = dict[str, Any]


async def publish(house: House, **changes: Any) -> None:
    """Put the shipped rules in force with some of them changed, and nothing noticed."""
    async with house.db.transaction() as tx:
        body = msgspec.to_builtins((await rulebook.current(tx, "earning", "default", tx.now)).body)
        changed = body | {"noticed": []} | changes
        await rulebook.publish(tx, "earning", "default", changed, BEGINNING, "test", "changed")


async def register(house: House, name: str, **more: Any) -> str:
    body = {"channel": "till", "external_ids": [{"source": "shop", "external_id": name}]}
    answer = await house.post("/api/v1/members", body | more, key=f"register-{name}")
    assert answer.status_code == 201, answer.text
    member_id: str = answer.json()["member_id"]
    return member_id


async def buy(house: House, member: str, *lines: tuple[str, int], at: str = THURSDAY, **more: Any) -> Told:
    """An order of lines (sku, fen), numbered from 1; of `default` unless said."""
    body = order(
        member,
        str(new_id()),
        lines=[
            {"line_id": str(number), "sku": sku, "pieces": 1, "payable_fen": fen}
            for number, (sku, fen) in enumerate(lines, start=1)
        ],
        completed_at=at,
        **{"programme": "default", "tenders": []} | more,
    )
    answer = await house.post("/api/v1/orders", body, key=str(new_id()))
    assert answer.status_code == 201, answer.text
    told: Told = answer.json()
    return told


async def refund(house: House, placed: Told, line_id: str) -> Told:
    body = {
        "external_id": f"r{line_id}",
        "reason": "ripe",
        "occurred_at": "2026-03-13T10:00:00+08:00",
        "lines": [{"line_id": line_id, "quantity": 1}],
    }
    answer = await house.post(f"/api/v1/orders/{placed['order_id']}/refunds", body, key=str(new_id()))
    assert answer.status_code == 201, answer.text
    told: Told = answer.json()
    return told


@pytest.mark.requirement("PTS-01")
@pytest.mark.parametrize(("fen", "by_line"), [(100, [7, 10, 100]), (1000, [1, 1, 9])])
async def test_each_line_earns_on_its_cash_and_gives_back_what_it_earned(
    house: House, fen: int, by_line: list[int]
) -> None:
    """A point a yuan, and a point for ten yuan. Of 12.50, 9.99 and 100.01 yuan a coupon pays 5.00 of the first: 117.50
    in cash, 117 points, or 11; shared by largest remainder."""
    await publish(house, base_rate={"points": 1, "fen": fen})
    member_id = await register(house, "h1")
    coupon = {"kind": "manufacturer_coupon", "amount_fen": 500, "line_id": "1"}
    placed = await buy(house, "h1", ("apple", 1250), ("milk", 999), ("beef", 10_001), tenders=[coupon])
    assert (placed["cash_fen"], placed["points"]) == (11_750, sum(by_line))
    kept = await house.get(f"/api/v1/orders/{placed['order_id']}")
    assert [line["points"] for line in kept["lines"]] == by_line
    left = sum(by_line)
    for line_id, earned in [("2", by_line[1]), ("3", by_line[2]), ("1", by_line[0])]:
        assert (await refund(house, placed, line_id))["points"] == earned
        left -= earned
        assert (await house.get(f"/api/v1/members/{member_id}/points"))["balance"] == left


@pytest.mark.requirement("PTS-01")
async def test_what_is_not_paid_in_cash_earns_nothing(house: House) -> None:
    await publish(house)
    await register(house, "h1")
    whole = {"kind": "voucher", "amount_fen": 5000}
    assert (await buy(house, "h1", ("apple", 5000), tenders=[whole]))["points"] == 0
    assert (await buy(house, "h1", ("apple", 99)))["points"] == 0
    assert (await buy(house, "h1", ("apple", 60), ("milk", 60)))["points"] == 1, "rounded down once, not by line"


async def stock(house: House) -> None:
    """A catalogue of two goods: a peach in a shelf of fresh goods, and soap."""
    name = {"zh": "甲", "en": "A"}
    rows: dict[str, list[dict[str, Any]]] = {
        "categories": [{"category": code, "name": name} for code in ("fresh", "home")]
        + [{"category": "fruit", "parent": "fresh", "name": name}],
        "skus": [
            {"sku": sku, "category": category, "name": name, "unit": "piece", "list_price_fen": 1000}
            for sku, category in (("peach", "fruit"), ("soap", "home"))
        ],
    }
    for entity, entities in rows.items():
        content = b"\n".join(msgspec.json.encode(row | {"version": 1}) for row in entities)
        answer = await house.client.post(f"/api/v1/catalogue/{entity}/bulk", content=content, headers=NDJSON)
        assert (answer.status_code, answer.json()["refused"]) == (200, 0), answer.text


async def at_tier(house: House, name: str, yuan: int) -> None:
    """A member who has bought for so much before, under rules by which that earned a point a yuan."""
    await buy(house, name, ("soap", yuan * 100), at="2026-02-05T10:00:00+08:00", programme="base")


@pytest.mark.requirement("PTS-02")
async def test_the_shipped_multipliers(house: House) -> None:
    """A hundred yuan: fresh goods, member day and the birthday's month double; silver 1.2, gold and diamond 1.5 times;
    of several the highest counts; member day triples for diamond."""
    await stock(house)
    await publish(house)
    for name, yuan in [("bronze", 0), ("silver", 2000), ("gold", 5000), ("diamond", 10_000)]:
        await register(house, name, birthday="1990-04-05")
        if yuan:
            await at_tier(house, name, yuan)
    hundred = 10_000
    earned = {
        ("bronze", "soap", THURSDAY): 100,
        ("bronze", "peach", THURSDAY): 200,
        ("silver", "soap", THURSDAY): 120,
        ("gold", "soap", THURSDAY): 150,
        ("diamond", "soap", THURSDAY): 150,
        ("bronze", "soap", WEDNESDAY): 200,
        ("gold", "peach", WEDNESDAY): 200,
        ("diamond", "soap", WEDNESDAY): 300,
    }
    for (name, sku, at), points in earned.items():
        assert (await buy(house, name, (sku, hundred), at=at))["points"] == points, (name, sku, at)
    mixed = await buy(house, "silver", ("peach", hundred), ("soap", hundred))
    kept = await house.get(f"/api/v1/orders/{mixed['order_id']}")
    assert [line["points"] for line in kept["lines"]] == [200, 120]
    await register(house, "march", birthday="1991-03-30")
    assert (await buy(house, "march", ("soap", hundred)))["points"] == 200


def is_(attribute: str, value: str) -> Told:
    return {"type": "compare", "attribute": attribute, "op": "eq", "value": value}


MIDNIGHT = "2026-03-12T00:00:00+08:00"
SEVERAL = [
    {"code": "fresh", "bp": 20_000, "when": {"type": "has", "attribute": "goods.categories", "values": ["fresh"]}},
    {"code": "silver", "bp": 12_000, "when": {"type": "compare", "attribute": "tier", "op": "eq", "value": "silver"}},
    {"code": "spring", "bp": 15_000, "when": {"type": "yearly", "first": "03-12", "last": "03-12"}},
    {"code": "birthday", "bp": 20_000, "when": {"type": "anniversary", "attribute": "birthday", "within": "month"}},
]


@pytest.mark.requirement("PTS-02")
@pytest.mark.parametrize(
    ("stacking", "ceiling_bp", "points"),
    [
        ("highest", 50_000, 200),
        ("highest", 15_000, 150),
        ("sum", 50_000, 370),  # 1 + 1.0 + 0.2 + 0.5 + 1.0
        ("sum", 30_000, 300),
        ("product", 90_000, 720),  # 2 x 1.2 x 1.5 x 2
        ("product", 50_000, 500),
    ],
)
async def test_multipliers_stack_as_the_rules_say_up_to_their_ceiling(
    house: House, stacking: str, ceiling_bp: int, points: int
) -> None:
    await stock(house)
    await publish(house, multipliers=SEVERAL, stacking=stacking, ceiling_bp=ceiling_bp)
    await register(house, "h1", birthday="1990-03-05")
    await at_tier(house, "h1", 2000)
    placed = await buy(house, "h1", ("peach", 10_000))
    assert (placed["points"], placed["earning_version"]) == (points, 2)
    assert (await refund(house, placed, "1"))["points"] == points


@pytest.mark.requirement("PTS-02")
@pytest.mark.parametrize(
    ("when", "holds", "fails"),
    [
        (is_("channel", "app"), {"channel": "app"}, {"channel": "till"}),
        (is_("store", "s7"), {"store_id": "s7"}, {"store_id": "s8"}),
        (
            {"type": "has", "attribute": "tenders", "values": ["wallet"]},
            {"tenders": [{"kind": "wallet", "amount_fen": 100}]},
            {"tenders": [{"kind": "voucher", "amount_fen": 100}]},
        ),
        ({"type": "weekdays", "days": [3]}, {"at": WEDNESDAY}, {"at": THURSDAY}),
        (
            {"type": "during", "start": MIDNIGHT},
            {"at": "2026-03-12T00:00:00+08:00"},
            {"at": "2026-03-11T23:59:59+08:00"},
        ),
        ({"type": "during", "end": MIDNIGHT}, {"at": "2026-03-11T23:59:59+08:00"}, {"at": "2026-03-12T00:00:00+08:00"}),
        (
            {"type": "all", "of": [is_("channel", "app"), is_("store", "s7")]},
            {"channel": "app", "store_id": "s7"},
            {"channel": "app", "store_id": "s1"},
        ),
    ],
)
async def test_a_multiplier_applies_where_all_its_conditions_hold(
    house: House, when: Told, holds: Told, fails: Told
) -> None:
    await publish(house, multipliers=[{"code": "one", "bp": 30_000, "when": when}])
    await register(house, "h1")
    paid = 10_100 if "tenders" in holds else 10_000
    told = [(await buy(house, "h1", ("soap", paid), **where))["points"] for where in (holds, fails)]
    assert told == [300, 100]
