"""What a quote costs over HTTP, beside a bare handler that decodes the same body and reads one row.

`python -m bench pricing_http`: baskets of 10 lines out of a catalogue of 2,000 skus, a member who holds 20 coupons, the
workload's set of 100 promotions with the coupons' rules. First as many requests as are answered, in alternation with
the yardstick; then the latency at half of that rate.
"""

from __future__ import annotations

import argparse
import json
from datetime import timedelta
from uuid import UUID

import msgspec

from bench.http import Case, Load, measure, median, rounds, table
from bench.http_installation import ground
from bench.http_load import MEMBER
from bench.pricing_mapping import promotions_of
from bench.pricing_workload import CATEGORIES, DrawnBasket, Workload, draw
from huixiang.catalogue import service as catalogue
from huixiang.catalogue.model import CategoryRow, SkuRow
from huixiang.kernel.ids import new_id
from huixiang.kernel.text import Text
from huixiang.platform.db import Database
from huixiang.pricing.model.effects import Off, OffStep, RateOff, RateStep, Scope
from huixiang.pricing.model.rules import CouponRule, Promotions
from huixiang.rulebook import service as rulebook

COUPONS = 20
BODIES = 50
BAR = 0.25
P99_MS = 25
BARE = "bench.pricing_http_bare:create_app"
CLASSES = ("grocery", "fresh", "member", "brand")


def coupon_rules() -> list[CouponRule]:
    """Twenty coupons in four classes, half of them for eight of the twenty categories; an order of ten lines reaches
    some."""
    rules = []
    for number in range(COUPONS):
        at = 2_000 + 500 * number
        effect = Off(steps=(OffStep(at, at // 10),)) if number % 3 else RateOff(steps=(RateStep(at, 9_000),))
        name = Text(zh=f"券 {number}", en=f"Coupon {number}")
        some = Scope(categories=tuple(CATEGORIES[(3 * number + place) % len(CATEGORIES)] for place in range(8)))
        scope = some if number % 4 in (1, 3) else Scope()
        rules.append(
            CouponRule(code=f"held-{number}", name=name, scope=scope, effect=effect, stacking=CLASSES[number % 4])
        )
    return rules


def programme(workload: Workload) -> Promotions:
    own = promotions_of(workload["promosets"]["100"])
    return msgspec.structs.replace(own, rules=(*own.rules, *coupon_rules()))


def body(basket: DrawnBasket) -> str:
    lines = [
        {"line_id": str(place), "sku": line["sku"], "pieces": line["qty"]} for place, line in enumerate(basket["lines"])
    ]
    asked = {"member": {"member_id": MEMBER}, "channel": "app", "lines": lines, "delivery": {"fee_fen": 499}}
    return json.dumps(asked)


async def fill(db: Database, member_ids: list[str]) -> None:
    """The catalogue, the promotions and every member's coupons."""
    workload = draw()
    async with db.transaction() as tx:
        await catalogue.upsert_categories(
            tx, [CategoryRow(version=1, category=code, name=Text(zh=code, en=code)) for code in CATEGORIES]
        )
        skus = [
            SkuRow(
                version=1,
                sku=sku["id"],
                name=Text(zh=sku["id"], en=sku["id"]),
                category=sku["cat"],
                unit="piece",
                list_price_fen=sku["price"],
            )
            for sku in workload["skus"]
        ]
        await catalogue.upsert_skus(tx, skus)
        await rulebook.publish(tx, "promotions", "main", programme(workload), tx.now, "bench", "bench")
        expires_at = tx.now + timedelta(days=30)
        await tx.copy_in(
            "coupons.coupon",
            columns=["member_id", "coupon_id", "rule", "state", "issued_at", "expires_at", "recorded_at"],
            records=[
                (member_id, new_id(), rule.code, "issued", tx.now, expires_at, tx.now)
                for member_id in map(UUID, member_ids)
                for rule in coupon_rules()
            ],
        )


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=4.0, help="measured time of one round of one case")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    bodies = [body(basket) for basket in draw()["baskets"]["10"][:BODIES]]
    bare = Case("POST bare", bare=True, method="POST", target="/bare-quote", bodies=bodies)
    quote = Case("POST quote", bare=False, method="POST", target="/api/v1/quotes", bodies=bodies, yardstick="POST bare")
    with ground(fill, BARE) as where:
        taken = rounds(where, (bare, quote), Load(given.connections, given.seconds), given.rounds)
        limit = median(taken[quote.name]).per_second
        half = Load(given.connections, given.seconds, limit / 2)
        paced = median([measure(where, quote, half, 1)[0] for _ in range(given.rounds)])
    print(f"{given.connections} connections, one API process, median of {given.rounds} rounds of {given.seconds:g} s\n")
    for line in table((bare, quote), taken):
        print(line)
    at_half = f"{paced.per_second:,.0f} requests/s, half of the limit"
    print(f"\nat {at_half}: p50 {paced.p50_ms:.1f} ms, p99 {paced.p99_ms:.1f} ms")
    print(f"bars: {BAR} of the bare handler's rate, p99 under {P99_MS} ms")


if __name__ == "__main__":
    main()
