"""Things to give: what a coupon does, and a benefit, published."""

from __future__ import annotations

from typing import Any

from huixiang.platform.db import Database
from huixiang.rulebook import service as rulebook

COUPON: dict[str, Any] = {
    "layer": "coupon",
    "code": "ten",
    "name": {"zh": "立减十元", "en": "Ten off"},
    "effect": {"type": "off", "steps": [{"at": 5000, "off_fen": 1000}]},
}


async def publish_benefit(db: Database, times: int | None = 2) -> None:
    async with db.transaction() as tx:
        body = {"name": {"zh": "免运费", "en": "Free delivery"}} | ({} if times is None else {"times": times})
        await rulebook.publish(tx, "benefit", "delivery", body, tx.now, "test", "test")
