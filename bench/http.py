"""What the program costs over HTTP, beside a bare handler of the same framework in the same run.

`python -m bench.http`: reads of a balance and posts of an order, in alternation with the yardstick of `http_bare`, all
on one machine with its database. Each figure is the median of the rounds. CPU per request is the steadier one; requests
a second and p99 share the cores with the generator and the database.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence

import msgspec

from bench.http_installation import ROOT, Ground, Served, ground
from bench.http_load import MEMBER, SERIAL, Job, Result

LINES = 3
COMPLETED_AT = "2026-03-18T10:30:00+08:00"


class Case(msgspec.Struct, frozen=True):
    """One kind of request. bodies: taken in turn, instead of `body`. `yardstick` names the case it is compared with.
    holes: what fills {member} in turn, instead of the ground's members."""

    name: str
    bare: bool
    method: str
    target: str
    body: str = ""
    yardstick: str | None = None
    bodies: list[str] = []
    holes: list[str] = []


class Figures(msgspec.Struct, frozen=True):
    """Of one case in one round."""

    per_second: float
    p50_ms: float
    p99_ms: float
    server_us: float
    database_us: float


def _order() -> str:
    lines = [
        {"line_id": str(n), "sku": f"FRUIT-000{n}", "pieces": n, "payable_fen": 990 * n} for n in range(1, LINES + 1)
    ]
    order = {
        "source": "bench",
        "external_id": SERIAL,
        "member": {"member_id": MEMBER},
        "channel": "till",
        "programme": "base",
        "completed_at": COMPLETED_AT,
        "lines": lines,
    }
    return json.dumps(order)


CASES = (
    Case("GET bare row", bare=True, method="GET", target=f"/bare/{MEMBER}"),
    Case("GET balance", bare=False, method="GET", target=f"/api/v1/members/{MEMBER}/points", yardstick="GET bare row"),
    Case("POST bare", bare=True, method="POST", target="/bare", body=_order()),
    Case("POST order", bare=False, method="POST", target="/api/v1/orders", body=_order(), yardstick="POST bare"),
)


class Load(msgspec.Struct, frozen=True):
    """seconds: measured time of one round of one case. per_second: requests of all connections together; without it, as
    many as are answered. at_most: of requests."""

    connections: int
    seconds: float
    per_second: float | None = None
    at_most: int | None = None


def measure(where: Ground, case: Case, load: Load, serial: int) -> tuple[Figures, int]:
    """One round of one case; the next unused serial."""
    served: Served = where.bare if case.bare else where.program
    headers = {"Authorization": f"Bearer {where.token}"}
    if case.body or case.bodies:
        headers |= {"Content-Type": "application/json", "Idempotency-Key": f"bench-{SERIAL}"}
    job = Job(
        port=served.port,
        method=case.method,
        target=case.target,
        headers=headers,
        body=case.body,
        members=case.holes or where.members,
        connections=load.connections,
        warm_up_s=0.5,
        seconds=load.seconds,
        first_serial=serial,
        per_second=load.per_second,
        bodies=case.bodies,
        at_most=load.at_most,
    )
    generator = subprocess.Popen(
        [sys.executable, "-m", "bench.http_load"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    )
    server_before, database_before = served.cpu_s(), where.database_cpu_s()
    out, _ = generator.communicate(msgspec.json.encode(job))
    server_s, database_s = served.cpu_s() - server_before, where.database_cpu_s() - database_before
    result = msgspec.json.decode(out, type=Result)
    unexpected = {status: n for status, n in result.statuses.items() if status not in (200, 201)}
    assert not unexpected, f"{case.name}: {unexpected}"
    # Processor time was taken over warm-up, measured time and the last answers alike.
    sent = result.next_serial - serial
    figures = Figures(
        per_second=result.requests / result.seconds,
        p50_ms=result.percentile_ms(0.5),
        p99_ms=result.percentile_ms(0.99),
        server_us=server_s / sent * 1e6,
        database_us=database_s / sent * 1e6,
    )
    return figures, result.next_serial


def rounds(where: Ground, cases: Sequence[Case], load: Load, count: int) -> dict[str, list[Figures]]:
    """Every case in turn, `count` times over, so that a busy minute hits all alike."""
    taken: dict[str, list[Figures]] = {case.name: [] for case in cases}
    serial = 1
    for _ in range(count):
        for case in cases:
            figures, serial = measure(where, case, load, serial)
            taken[case.name].append(figures)
    return taken


def median(some: Sequence[Figures]) -> Figures:
    """Of each figure by itself."""
    return Figures(*(statistics.median(getattr(one, field) for one in some) for field in Figures.__struct_fields__))


def table(cases: Sequence[Case], taken: dict[str, list[Figures]]) -> Iterator[str]:
    """The medians as Markdown; the ratio is to the yardstick."""
    yield "| request | requests/s | p50 ms | p99 ms | server CPU µs | database CPU µs | ratio of rates | ratio of CPU |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
    medians = {name: median(some) for name, some in taken.items()}
    for case in cases:
        one = medians[case.name]
        ratios = "| |"
        if case.yardstick:
            other = medians[case.yardstick]
            ratios = f"{one.per_second / other.per_second:.2f} | {one.server_us / other.server_us:.2f} |"
        yield (
            f"| {case.name} | {one.per_second:,.0f} | {one.p50_ms:.1f} | {one.p99_ms:.1f} | {one.server_us:.0f} "
            f"| {one.database_us:.0f} | {ratios}"
        )


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=4.0, help="measured time of one round of one case")
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with ground() as where:
        taken = rounds(where, CASES, Load(given.connections, given.seconds), given.rounds)
    print(f"{given.connections} connections, one API process, median of {given.rounds} rounds of {given.seconds:g} s\n")
    for line in table(CASES, taken):
        print(line)


if __name__ == "__main__":
    main()
