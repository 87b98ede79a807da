"""People who all ask at once over HTTP, for what there is a hundred of: half of them at each of two API processes."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import reduce

import msgspec

from bench.http_installation import PROGRAM, ROOT, Fill, Ground, ground
from bench.http_load import SERIAL, Job, Result

GIVEN = 100
CONNECTIONS = 64  # of both processes together
BAR_MS = 1_000  # for refusals, at p99


class Asking(msgspec.Struct, frozen=True):
    """What each asks once, a member and a body each, in turn. name: begins their keys. target: may hold the hole
    {member}."""

    name: str
    target: str
    members: Sequence[str]
    bodies: Sequence[str]


class Rush(msgspec.Struct, frozen=True):
    """What all were told, and how many seconds it took."""

    said: Result
    seconds: float

    def told(self, name: str, given: str) -> str:
        """Two lines. given: what there is of it now."""
        p50, p90, p99, slowest = (self.said.percentile_ms(share, 409) for share in (0.5, 0.9, 0.99, 1.0))
        people = self.said.requests
        return (
            f"{name}: {people:,} people, {given}, refused {self.said.statuses.get(409, 0):,} in {self.seconds:.1f} s "
            f"({people / self.seconds:,.0f}/s)\n"
            f"    refusals: p50 {p50:.0f}, p90 {p90:.0f}, p99 {p99:.0f}, slowest {slowest:.0f} ms; "
            f"given: p50 {self.said.percentile_ms(0.5, 201):.0f}, slowest {self.said.percentile_ms(1.0, 201):.0f} ms"
        )

    @property
    def other(self) -> dict[int, int]:
        """Answers that are neither given nor refused, by status."""
        return {status: count for status, count in self.said.statuses.items() if status not in (201, 409)}

    @property
    def in_time(self) -> bool:
        return self.said.percentile_ms(0.99, 409) <= BAR_MS


def ports(where: Ground) -> list[int]:
    return [where.program.port, where.bare.port]


def rush(where: Ground, asking: Asking) -> Rush:
    """All of them at once, by two generators. The ground's yardstick is the program too."""
    begun = time.perf_counter()
    generators = [
        (
            job,
            subprocess.Popen(
                [sys.executable, "-m", "bench.http_load"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
            ),
        )
        for job in _jobs(where, asking)
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
    return Rush(reduce(Result.beside, said), time.perf_counter() - begun)


def _jobs(where: Ground, asking: Asking) -> list[Job]:
    """Half of the people at each process."""
    return [
        Job(
            port=port,
            method="POST",
            target=asking.target,
            headers={
                "Authorization": f"Bearer {where.token}",
                "Content-Type": "application/json",
                "Idempotency-Key": f"{asking.name}-{half}-{SERIAL}",
            },
            body="",
            members=list(asking.members[half::2]),
            bodies=list(asking.bodies[half::2]),
            connections=CONNECTIONS // 2,
            warm_up_s=0,
            seconds=600,
            first_serial=1,
            at_most=len(asking.bodies[half::2]),
        )
        for half, port in enumerate(ports(where))
    ]


def run(about: str | None, fill: Fill, things: Sequence[str], measure: Callable[[Ground, str, int], bool]) -> int:
    """Measure the rush for each thing; 0 where the laws and the bar held. about: the command's docstring. measure: of a
    thing and so many people, whether they did."""
    parser = argparse.ArgumentParser(description=about.partition("\n")[0] if about else None)
    parser.add_argument("--people", type=int, default=10_000)
    people: int = parser.parse_args().people
    with ground(fill, bare=PROGRAM, members=people) as where:
        held = [measure(where, thing, people) for thing in things]
    print(f"bar: refusals under {BAR_MS} ms at p99")
    return int(not all(held))
