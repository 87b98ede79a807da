"""The cases with numbers, asked for over HTTP: goods from the catalogue, rules from the rulebook, coupons in hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from huixiang.pricing.model.basket import Line
from tests.pricing.cases import CASES, Case
from tests.pricing.quoting import Shop, good

pytestmark = pytest.mark.requirement("PRC-07", "CHK-01")


async def stock(shop: Shop, case: Case) -> None:
    goods = {line.sku: line for line in case.basket.lines}
    categories = {name: None for line in goods.values() for name in line.categories}
    await shop.stock(*(_good(line) for line in goods.values()), categories=categories)


def _good(line: Line) -> Any:
    other: dict[str, Any] = {"category": line.categories[0]} if line.categories else {}
    return good(line.sku, line.list_price_fen, unit="gram" if line.measure == "gram" else "piece", **other)


def asked(line: Line) -> dict[str, Any]:
    return {
        "line_id": line.line_id,
        "sku": line.sku,
        "grams" if line.measure == "gram" else "pieces": line.quantity,
    }


@pytest.mark.parametrize("make", CASES, ids=lambda make: make.__name__)
async def test_a_case_costs_the_same_over_http(shop: Shop, member: UUID, make: Callable[[], Case]) -> None:
    case = make()
    await stock(shop, case)
    version = await shop.publish(case.promotions)
    held = {one.coupon_id: await shop.grant(member, one.rule, one.expires_at) for one in case.situation.coupons}
    quoted = await shop.quote(map(asked, case.basket.lines), member, delivery={"fee_fen": case.basket.delivery_fen})
    priced = quoted["priced"]
    assert (priced["payable_fen"], priced["proven"], quoted["version"]) == (case.payable_fen, True, version)
    assert {line["line_id"]: line["payable_fen"] for line in priced["lines"]} == case.lines
    used = {one["coupon_id"] for one in priced["applied"] if one["coupon_id"]}
    assert used == {held[one] for one in case.coupons}
    explained = await shop.why(quoted["token"])
    assert explained["priced"]["payable_fen"] == case.payable_fen
    assert explained["priced"]["lines"] == priced["lines"]
