"""Templates, and copies of them, as the tests of this folder make them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx

from huixiang.kernel.ids import new_id
from huixiang.platform import invariants
from huixiang.platform.db import Database
from huixiang.rulebook import service as rulebook
from tests.grants.ground import COUPON

TEMPLATE: dict[str, Any] = {"rule": "ten", "name": {"zh": "立减十元", "en": "Ten off"}, "days": 7}


async def publish_template(db: Database, code: str = "ten", **more: Any) -> int:
    """Its version; the promotions have its rule."""
    async with db.transaction() as tx:
        await rulebook.publish(tx, "promotions", "main", {"rules": [COUPON]}, tx.now, "test", "test")
        body = {key: value for key, value in (TEMPLATE | more).items() if value is not None}
        return (await rulebook.publish(tx, "coupon_template", code, body, tx.now, "test", "test")).version


async def claim(
    client: httpx.AsyncClient, member: UUID, key: str | None = None, template: str = "ten"
) -> httpx.Response:
    return await client.post(
        f"/api/v1/members/{member}/coupons/claim",
        json={"template": template},
        headers={"Idempotency-Key": key or str(new_id())},
    )


async def breaches(db: Database) -> list[Any]:
    """What breaks a law of coupons or of stock."""
    found: list[Any] = []
    async with db.snapshot() as tx:
        laws = [law for law in invariants.laws() if law.name.startswith(("coupons_", "stock_"))]
        assert len(laws) >= 9
        for law in laws:
            found += [(law.name, breach.row) async for breach in invariants.breaches(tx, law)]
    return found
