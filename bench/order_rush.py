"""Ten thousand who place an order for what there is a hundred of, over 64 connections to two API processes.

`python -m bench order_rush`: a flash price for a hundred pieces, then so much off for the first hundred orders of the
day, beside the shipped rules. Each of the people is a member with a quote that has it; all place at once, and who is
refused is quoted anew in the refusal. Prints how long refusals took, and that exactly a hundred were placed.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from functools import reduce
from importlib import resources

import asyncpg
import httpx
import msgspec

from bench.http_installation import PROGRAM, ROOT, Ground, ground
from bench.http_load import SERIAL, Job, Result
from bench.pricing_http_fill import fill_catalogue
from bench.pricing_workload import draw
from huixiang.kernel.text import Text
from huixiang.platform.db import Database
from huixiang.pricing.model.effects import Off, OffStep, Price, Scope
from huixiang.pricing.model.rules import Cap, OrderRule, Promotions, UnitRule
from huixiang.rulebook import service as rulebook

GIVEN = 100
CONNECTIONS = 64
BAR_MS = 1_000
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


def ports(where: Ground) -> list[int]:
    return [where.program.port, where.bare.port]


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


def jobs(where: Ground, rule: str, tokens: Sequence[str]) -> Iterator[Job]:
    """Half of the people at each process."""
    for half, port in enumerate(ports(where)):
        bodies = [
            json.dumps({"token": token, "source": rule, "external_id": str(number), "paid": True})
            for number, token in enumerate(tokens)
            if number % 2 == half
        ]
        yield Job(
            port=port,
            method="POST",
            target="/api/v1/orders/place",
            headers={
                "Authorization": f"Bearer {where.token}",
                "Content-Type": "application/json",
                "Idempotency-Key": f"{rule}-{half}-{SERIAL}",
            },
            body="",
            members=[""],
            connections=CONNECTIONS // 2,
            warm_up_s=0,
            seconds=600,
            first_serial=1,
            bodies=bodies,
            at_most=len(bodies),
        )


def rush(where: Ground, rule: str, tokens: Sequence[str]) -> Result:
    """Of both processes together."""
    generators = [
        (
            job,
            subprocess.Popen(
                [sys.executable, "-m", "bench.http_load"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
            ),
        )
        for job in jobs(where, rule, tokens)
    ]
    for job, one in generators:
        assert one.stdin is not None
        one.stdin.write(msgspec.json.encode(job))
        one.stdin.close()
    said = []
    for _, one in generators:
        assert one.stdout is not None
        said.append(msgspec.json.decode(one.stdout.read(), type=Result))
        one.wait()
    return reduce(Result.beside, said)


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
    before = time.perf_counter()
    said = rush(where, rule, tokens)
    seconds = time.perf_counter() - before
    orders, taken = asyncio.run(placed(where, rule))
    p50, p90, p99, slowest = (said.percentile_ms(share, 409) for share in (0.5, 0.9, 0.99, 1.0))
    print(
        f"{rule}: {people:,} people, placed {orders}, tickets {taken}, refused {said.statuses.get(409, 0):,} in "
        f"{seconds:.1f} s ({people / seconds:,.0f}/s)\n"
        f"    refusals: p50 {p50:.0f}, p90 {p90:.0f}, p99 {p99:.0f}, slowest {slowest:.0f} ms; "
        f"placed: p50 {said.percentile_ms(0.5, 201):.0f}, slowest {said.percentile_ms(1.0, 201):.0f} ms",
        flush=True,
    )
    other = {status: count for status, count in said.statuses.items() if status not in (201, 409)}
    if other or (orders, taken) != (GIVEN, GIVEN):
        print(f"    exactly {GIVEN} should be placed, and nothing else answered: {other}")
        return False
    return p99 <= BAR_MS


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--people", type=int, default=10_000)
    given = parser.parse_args()
    with ground(fill, bare=PROGRAM, members=given.people) as where:
        held = [measure(where, rule, given.people) for rule in (FLASH, FIRST)]
    print(f"bar: refusals under {BAR_MS} ms at p99")
    return int(not all(held))


if __name__ == "__main__":
    raise SystemExit(main())
