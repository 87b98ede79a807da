"""Ten thousand who claim a coupon of which there are a hundred, over 64 connections to two API processes.

`python -m bench claim_rush`: first ten thousand people, then a thousand of whom each claims ten times under keys of
their own and may have one. Prints how long refusals took, and that exactly a hundred have a copy, and none has two.
"""

from __future__ import annotations

import asyncio
import json

import asyncpg

from bench.http_installation import Ground
from bench.rushing import GIVEN, Asking, run, rush
from huixiang.kernel.text import Text
from huixiang.platform.db import Database
from huixiang.pricing.model.effects import Off, OffStep
from huixiang.pricing.model.rules import CouponRule, Promotions
from huixiang.rulebook import service as rulebook

EACH = {"rush_once": 1, "rush_again": 10}  # templates, and how often each of the people claims


async def fill(db: Database, _members: list[str]) -> None:
    rule = CouponRule(code="rush", name=Text(zh="立减十元", en="Ten off"), effect=Off((OffStep(1_001, 1_000),)))
    template = {"rule": "rush", "name": {"zh": "抢券", "en": "Rush"}, "days": 7, "claim": {}}
    async with db.transaction() as tx:
        await rulebook.publish(tx, "promotions", "main", Promotions(rules=(rule,)), tx.now, "bench", "bench")
        for code in EACH:
            terms = {**template, "total": GIVEN, "per_member": 1}
            await rulebook.publish(tx, "coupon_template", code, terms, tx.now, "bench", "bench")


async def copies(where: Ground, template: str) -> tuple[int, int]:
    """How many there are, and how many members have one."""
    connection = await asyncpg.connect(where.database_url)
    try:
        row = await connection.fetchrow(
            "SELECT count(*), count(DISTINCT member_id) FROM coupons.coupon WHERE template = $1", template
        )
    finally:
        await connection.close()
    assert row is not None
    return row[0], row[1]


def measure(where: Ground, template: str, people: int) -> bool:
    """Whether the law and the bar held."""
    claimants = where.members[: people // EACH[template]] * EACH[template]
    body = json.dumps({"template": template})
    asking = Asking(template, "/api/v1/members/{member}/coupons/claim", claimants, [body] * len(claimants))
    rushed = rush(where, asking)
    issued, members = asyncio.run(copies(where, template))
    print(rushed.told(template, f"copies {issued} of {members} members"), flush=True)
    if rushed.other or (issued, members) != (GIVEN, GIVEN):
        print(f"    exactly {GIVEN} should have a copy each, and nothing else be answered: {rushed.other}")
        return False
    return rushed.in_time


if __name__ == "__main__":
    raise SystemExit(run(__doc__, fill, tuple(EACH), measure))
