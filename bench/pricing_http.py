"""What a quote costs over HTTP, beside a bare handler that decodes the same body and reads one row.

`python -m bench pricing_http`: baskets of 10 lines out of a catalogue of 2,000 skus under 100 promotions beside the
shipped ones, for members with 20 coupons and for others without. First as many requests as are answered, in alternation
with the yardstick, and what their processor time went into; then the latency at half of that rate.
"""

from __future__ import annotations

import argparse
import json
import urllib.request
from collections import Counter

import msgspec

from bench.http import Case, Figures, Load, measure, median, rounds, table
from bench.http_installation import Ground, ground
from bench.pricing_http_fill import HOLDERS, fill, members_of
from bench.pricing_http_shares import TARGET
from bench.pricing_workload import DrawnBasket, draw

BAR = 0.25
P99_MS = 25
BARE = "bench.pricing_http_bare:create_app"
PROGRAM = "bench.pricing_http_shares:create_app"
HOLDS = {
    "shop": "20 coupons, as a shop gives them",
    "classes": "20 coupons in four classes",
    "none": "no coupons",
}


def body(basket: DrawnBasket, member_id: str) -> str:
    lines = [
        {"line_id": str(place), "sku": line["sku"], "pieces": line["qty"]} for place, line in enumerate(basket["lines"])
    ]
    asked = {"member": {"member_id": member_id}, "channel": "app", "lines": lines, "delivery": {"fee_fen": 499}}
    return json.dumps(asked)


def case_of(holder: str, where: Ground, lines: int) -> Case:
    """Every basket of the workload, each for a member of its own."""
    drawn = draw()["baskets"][str(lines)]
    bodies = [body(*pair) for pair in zip(drawn, members_of(holder, where.members), strict=False)]
    return Case(HOLDS[holder], bare=False, method="POST", target="/api/v1/quotes", bodies=bodies, yardstick="bare")


def shares(where: Ground) -> Counter[str]:
    """Samples of the server since it was last asked."""
    with urllib.request.urlopen(f"http://127.0.0.1:{where.program.port}{TARGET}", timeout=60) as answer:
        return Counter(msgspec.json.decode(answer.read(), type=dict[str, int]))


def report(name: str, full: Figures, sampled: Counter[str], paced: Figures) -> None:
    print(f"\n{name}: {full.server_us:.0f} µs of processor time of the server a request")
    for place, taken in sampled.most_common():
        print(f"    {place:<26}{taken / sampled.total():>4.0%} {full.server_us * taken / sampled.total():>6.0f} µs")
    at = f"at {paced.per_second:,.0f} requests/s, half of the limit"
    print(f"    {at}: p50 {paced.p50_ms:.1f} ms, p99 {paced.p99_ms:.1f} ms")


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=4.0, help="measured time of one round of one case")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lines", type=int, default=10, choices=(1, 10, 30, 100))
    parser.add_argument("--holders", nargs="+", default=list(HOLDERS), choices=HOLDERS)
    given = parser.parse_args()
    load = Load(given.connections, given.seconds)
    with ground(fill, BARE, PROGRAM) as where:
        quotes = [case_of(holder, where, given.lines) for holder in given.holders]
        bare = Case("bare", bare=True, method="POST", target="/bare-quote", bodies=quotes[0].bodies)
        taken = rounds(where, (bare, *quotes), load, given.rounds)
        print(f"{given.connections} connections, one API process, {given.lines} lines, ", end="")
        print(f"median of {given.rounds} rounds of {given.seconds:g} s\n")
        for line in table((bare, *quotes), taken):
            print(line)
        for quote in quotes:
            full = median(taken[quote.name])
            shares(where)
            measure(where, quote, load, 1)
            sampled = shares(where)
            half = Load(given.connections, given.seconds, full.per_second / 2)
            paced = median([measure(where, quote, half, 1)[0] for _ in range(given.rounds)])
            report(quote.name, full, sampled, paced)
    print(f"\nbars: {BAR} of the bare handler's rate, p99 under {P99_MS} ms")


if __name__ == "__main__":
    main()
