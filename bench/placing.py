"""What it costs over HTTP to place an order on a quote and to complete it, beside a single command of the ledger.

`python -m bench placing`: members of a shop under the shipped rules, baskets of 10 lines out of a catalogue of 2,000
skus in a grocer's departments. Of ten orders five are plain, two of members who hold coupons, two are paid with points
in part, one with both. Quotes are taken beforehand. In every round the same program, over as many connections, is asked
to credit points, to place, and to complete what was placed; then the latency of each at half of its rate.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Mapping, Sequence
from uuid import UUID

import asyncpg
import httpx

from bench.http import Case, Figures, Load, measure, median, table
from bench.http_installation import Ground, ground
from bench.http_load import MEMBER
from bench.pricing_http_fill import fill_catalogue, give_copies
from bench.pricing_workload import DrawnBasket, draw
from huixiang.platform.db import Database
from huixiang.points import service as points
from huixiang.points.model import POINTS, Credit, Source

BAR = 0.3
P99_MS = 50
WARM_UP_S = 0.5  # of the generator, whose requests are placed too
KINDS = ("plain", "plain", "plain", "plain", "plain", "coupons", "coupons", "points", "points", "both")
# Of the shipped rules: how many copies.
HELD = {
    **dict.fromkeys(("new_member_8", "new_member_15", "new_member_30", "new_member_50", "new_member_85"), 1),
    **dict.fromkeys(("fresh_5", "anything_95", "free_delivery_coupon"), 3),
}
POINTS_EACH = 1_000_000
POINTS_USED = 500  # at most by one order
LONGEST_S = 120
CREDIT, PLACE, COMPLETE = "ledger: credit", "place", "complete"
NAMES = (CREDIT, PLACE, COMPLETE)
BESIDE = {PLACE: CREDIT, COMPLETE: CREDIT}


def members_of(kinds: Sequence[str], members: Sequence[str]) -> list[str]:
    return [one for place, one in enumerate(members) if KINDS[place % len(KINDS)] in kinds]


async def fill(db: Database, member_ids: list[str]) -> None:
    """The catalogue, coupons for those who hold some, points for those who spend."""
    async with db.transaction() as tx:
        await fill_catalogue(tx, draw())
        held = [rule for rule, copies in HELD.items() for _ in range(copies)]
        await give_copies(tx, members_of(("coupons", "both"), member_ids), held)
    for member_id in members_of(("points", "both"), member_ids):
        source = Source(key="bench:gift", cause="gift", counter_account="issued:gift", occurred_at=db.clock.now())
        async with db.transaction() as tx:
            credit = Credit(member_id=UUID(member_id), book=POINTS, points=POINTS_EACH, source=source)
            await points.post(tx, [credit])


def question(basket: DrawnBasket, member_id: str, kind: str) -> str:
    lines = [
        {"line_id": str(place), "sku": line["sku"], "pieces": line["qty"]} for place, line in enumerate(basket["lines"])
    ]
    asked = {
        "member": {"member_id": member_id},
        "channel": "app",
        "lines": lines,
        "delivery": {"fee_fen": 499},
        "points": POINTS_USED if kind in {"points", "both"} else 0,
    }
    return json.dumps(asked)


class Till:
    """Takes quotes, each for the next member and of the next basket, and makes what is to be measured of them."""

    def __init__(self, where: Ground, lines: int) -> None:
        self._where = where
        self._baskets = draw()["baskets"][str(lines)]
        self._asked = 0
        self._placed = 0

    async def _quotes(self, count: int) -> list[str]:
        """Their tokens."""
        base = f"http://127.0.0.1:{self._where.program.port}"
        headers = {"Authorization": f"Bearer {self._where.token}", "Content-Type": "application/json"}
        tokens: list[str] = [""] * count
        places = iter(range(count))
        first, self._asked = self._asked, self._asked + count

        async def ask(client: httpx.AsyncClient) -> None:
            for place in places:
                number = first + place
                member = self._where.members[number % len(self._where.members)]
                # The kinds of members and the baskets repeat, so one is moved against the other.
                basket = self._baskets[(number + number // len(self._baskets)) % len(self._baskets)]
                asked = question(basket, member, KINDS[number % len(self._where.members) % len(KINDS)])
                answer = await client.post("/api/v1/quotes", content=asked)
                assert answer.status_code == 200, answer.text
                tokens[place] = answer.json()["token"]

        async with httpx.AsyncClient(base_url=base, headers=headers, timeout=60) as client:
            await asyncio.gather(*(ask(client) for _ in range(8)))
        return tokens

    def placing(self, count: int) -> Case:
        """On quotes that are taken now, each of them once."""
        bodies = []
        for token in asyncio.run(self._quotes(count)):
            self._placed += 1
            order = {"token": token, "source": "bench", "external_id": f"placed-{self._placed}", "paid": True}
            bodies.append(json.dumps(order))
        return Case(PLACE, bare=False, method="POST", target="/api/v1/orders/place", bodies=bodies)

    def completing(self) -> Case:
        """Of all that are placed, each of them once."""
        orders = asyncio.run(self._open())
        target = f"/api/v1/orders/{MEMBER}/complete"
        return Case(COMPLETE, bare=False, method="POST", target=target, body="{}", holes=orders)

    async def _open(self) -> list[str]:
        connection = await asyncpg.connect(self._where.database_url)
        try:
            rows = await connection.fetch(
                "SELECT order_id FROM checkout.placed WHERE state = 'placed' ORDER BY placed_at"
            )
        finally:
            await connection.close()
        return [str(row["order_id"]) for row in rows]

    async def mix(self) -> str:
        """What the orders came to."""
        connection = await asyncpg.connect(self._where.database_url)
        try:
            row = await connection.fetchrow(
                """
                SELECT count(*), avg((points > 0)::int), avg((coupons <> '{}')::int), avg(ticketed::int),
                       avg(json_array_length(applied::json)), avg((uses::text <> '[]')::int)
                FROM checkout.placed
                """
            )
        finally:
            await connection.close()
        assert row is not None
        return (
            f"{row[0]:,} orders: {row[1]:.0%} with points, {row[2]:.0%} with coupons, {row[3]:.0%} with tickets of "
            f"stock, {row[5]:.0%} under caps of a member, {row[4]:.1f} rules applied each"
        )


class Measured:
    """Rounds of the three, one after the other."""

    def __init__(self, where: Ground, till: Till, connections: int) -> None:
        self._where = where
        self._till = till
        self._connections = connections
        self._serial = 1

    def full(self, orders: int, seconds: float) -> dict[str, Figures]:
        """Credits for some seconds, then so many orders, each placed and completed."""
        return self._round(orders, seconds, {})

    def paced(self, seconds: float, rates: Mapping[str, float]) -> dict[str, Figures]:
        """Each at its rate a second."""
        return self._round(int(rates[PLACE] * (seconds + WARM_UP_S)), seconds, rates)

    def _round(self, orders: int, seconds: float, rates: Mapping[str, float]) -> dict[str, Figures]:
        credited = self._take(credit(), seconds, rates.get(CREDIT), None)
        placed = self._take(self._till.placing(orders), LONGEST_S, rates.get(PLACE), orders)
        completed = self._take(self._till.completing(), LONGEST_S, rates.get(COMPLETE), orders)
        return {CREDIT: credited, PLACE: placed, COMPLETE: completed}

    def _take(self, case: Case, seconds: float, per_second: float | None, at_most: int | None) -> Figures:
        load = Load(self._connections, seconds, per_second, at_most)
        figures, self._serial = measure(self._where, case, load, self._serial)
        return figures


def credit() -> Case:
    body = json.dumps({"points": 10, "cause": "goodwill"})
    target = f"/api/v1/members/{MEMBER}/points/credits"
    return Case(CREDIT, bare=False, method="POST", target=target, body=body)


def turned(rounds: Sequence[Mapping[str, Figures]]) -> dict[str, list[Figures]]:
    return {name: [one[name] for one in rounds] for name in NAMES}


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=3.0, help="measured time of one round of credits, and at half")
    parser.add_argument("--orders", type=int, default=800, help="placed and completed in one round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lines", type=int, default=10, choices=(1, 10, 30, 100))
    given = parser.parse_args()
    with ground(fill) as where:
        till = Till(where, given.lines)
        measured = Measured(where, till, given.connections)
        measured.full(100, 1.0)  # plans and rules are known after it
        full = turned([measured.full(given.orders, given.seconds) for _ in range(given.rounds)])
        print(f"{given.connections} connections, one API process, {given.lines} lines, ", end="")
        print(f"median of {given.rounds} rounds of {given.orders} orders\n")
        cases = [Case(name, bare=False, method="", target="", yardstick=BESIDE.get(name)) for name in NAMES]
        for line in table(cases, full):
            print(line)
        half = {name: median(full[name]).per_second / 2 for name in NAMES}
        paced = turned([measured.paced(given.seconds, half) for _ in range(given.rounds)])
        for name in NAMES:
            one = median(paced[name])
            print(
                f"{name:<16} at {half[name]:>6,.0f}/s, half of the limit: p50 {one.p50_ms:.1f}, p99 {one.p99_ms:.1f} ms"
            )
        print(asyncio.run(till.mix()))
    print(f"bars: {BAR} of the credit's rate, p99 at half under {P99_MS} ms")


if __name__ == "__main__":
    main()
