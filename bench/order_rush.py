"""Ten thousand who place an order for what there is a hundred of, over 64 connections to two API processes.

`python -m bench order_rush`: a flash price for a hundred pieces, then so much off for the first hundred orders of the
day, beside the shipped rules. Each of the people is a member with a quote that has it; all place at once, and who is
refused is quoted anew in the refusal. Prints how long refusals took, and that exactly a hundred were placed.
"""

from __future__ import annotations

import asyncio
import json
from importlib import resources

import asyncpg
import httpx
import msgspec

from bench.http_installation import Ground
from bench.pricing_http_fill import fill_catalogue
from bench.pricing_workload import draw
from bench.rushing import GIVEN, Asking, ports, run, rush
from huixiang.kernel.text import Text
from huixiang.platform.db import Database
from huixiang.pricing.model.effects import Off, OffStep, Price, Scope
from huixiang.pricing.model.rules import Cap, OrderRule, Promotions, UnitRule
from huixiang.rulebook import service as rulebook

FLASH, FIRST = "rush_flash", "rush_first"
QUOTING = 16  # quotes under way at once


def goods() -> list[str]:
    """What is flashed, and two whose order is one of the first."""
    dear = [sku["id"] for sku in draw()["skus"] if sku["price"] >= 2_000]
    return dear[:3]


def programme() -> Promotions:
    text = resources.files("huixiang.rulebook").joinpath("shipped", "promotions.main.json").read_bytes()
    shipped = msgspec.json.decode(text, type=Promotions)
    flash = UnitRule(
        code=FLASH,
        name=Text(zh="秒杀", en="Flash"),
        effect=Price(990),
        label="flash",
        scope=Scope(skus=(goods()[0],)),
        caps=(Cap("pieces", GIVEN), Cap("pieces", 1, "member")),
    )
    first = OrderRule(
        code=FIRST,
        name=Text(zh="前一百单", en="The first hundred"),
        effect=Off((OffStep(3_000, 1_000),)),
        caps=(Cap("uses", GIVEN, "all", "day"),),
    )
    return msgspec.structs.replace(shipped, rules=(*shipped.rules, flash, first))


async def fill(db: Database, _members: list[str]) -> None:
    async with db.transaction() as tx:
        await fill_catalogue(tx, draw())
        await rulebook.publish(tx, "promotions", "main", programme(), tx.now, "bench", "bench")


async def quotes(where: Ground, rule: str, people: int) -> list[str]:
    """The tokens of so many people, each of whom would have what the rule gives."""
    headers = {"Authorization": f"Bearer {where.token}"}
    skus = goods()[:1] if rule == FLASH else goods()[1:]
    lines = [{"line_id": sku, "sku": sku, "pieces": 1} for sku in skus]
    tokens = [""] * people
    places = iter(range(people))

    async def ask(port: int) -> None:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers=headers, timeout=60) as client:
            for place in places:
                asked = {"member": {"member_id": where.members[place]}, "channel": "app", "lines": lines}
                answer = await client.post("/api/v1/quotes", json=asked)
                assert answer.status_code == 200, answer.text
                quote = answer.json()
                assert rule in [one["rule"] for one in quote["priced"]["applied"]], quote
                tokens[place] = quote["token"]

    async with asyncio.TaskGroup() as group:
        for number in range(QUOTING):
            group.create_task(ask(ports(where)[number % 2]))
    return tokens


async def placed(where: Ground, rule: str) -> tuple[int, int]:
    """Orders that are placed with the rule, and what their tickets have of it."""
    connection = await asyncpg.connect(where.database_url)
    try:
        row = await connection.fetchrow(
            """
            SELECT count(*), (SELECT sum(t.amount) FROM stock.ticket AS t JOIN stock.resource AS r USING (resource_id)
                              WHERE starts_with(r.key, 'main/' || $1 || '/'))
            FROM checkout.placed WHERE source = $1 AND state = 'placed'
            """,
            rule,
        )
    finally:
        await connection.close()
    assert row is not None
    return row[0], row[1]


def measure(where: Ground, rule: str, people: int) -> bool:
    """Whether the law and the bar held."""
    tokens = asyncio.run(quotes(where, rule, people))
    bodies = [
        json.dumps({"token": token, "source": rule, "external_id": str(number), "paid": True})
        for number, token in enumerate(tokens)
    ]
    rushed = rush(where, Asking(rule, "/api/v1/orders/place", where.members[:people], bodies))
    orders, taken = asyncio.run(placed(where, rule))
    print(rushed.told(rule, f"placed {orders}, tickets {taken}"), flush=True)
    if rushed.other or (orders, taken) != (GIVEN, GIVEN):
        print(f"    exactly {GIVEN} should be placed, and nothing else answered: {rushed.other}")
        return False
    return rushed.in_time


if __name__ == "__main__":
    raise SystemExit(run(__doc__, fill, (FLASH, FIRST), measure))
