"""What counting requests against limits costs: `python -m bench throttle`.

A route that does nothing is asked in this process, in alternation with limits and without, for a system whose key is
known: the difference in processor time is what every request pays. It may be 8 % of even such a request; of one that
reads a balance it is then 1 to 2 %.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from litestar import Litestar, get

from huixiang.kernel.clock import SystemClock
from huixiang.kernel.ids import new_id
from huixiang.platform.access import Authenticators, MemberPrincipal, StaffPrincipal, SystemPrincipal, system
from huixiang.platform.idempotency import IdempotencyLog
from huixiang.platform.telemetry import configure_logging
from huixiang.platform.throttle import Limits, Throttle
from huixiang.platform.web.application import Wiring, build_application, connect

BAR = 0.08
KEYS = [new_id() for _ in range(1_000)]
WITHOUT, WITH = Limits(key=0), Limits(key=10_000_000)


class NoDatabase:
    clock = SystemClock()


@get("/api/v1/nothing", **system("nothing:read"))
async def read_nothing() -> int:
    return 0


async def _key(_db: Any, token: str, _address: Any, _now: datetime) -> SystemPrincipal:
    return SystemPrincipal(KEYS[int(token)], frozenset({"nothing:read"}))


async def _nobody(*_: Any) -> MemberPrincipal:
    raise AssertionError


async def _no_staff(*_: Any) -> StaffPrincipal:
    raise AssertionError


async def _no_database() -> Any:
    raise AssertionError


async def ask(app: Litestar, number: int) -> None:
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": "/api/v1/nothing",
        "raw_path": b"/api/v1/nothing",
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {number % len(KEYS)}".encode())],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 80),
        "state": {},
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.start":
            assert message["status"] == 200

    await app(scope, receive, send)  # type: ignore[arg-type]


async def microseconds(app: Litestar, requests: int) -> float:
    begun = time.process_time_ns()
    for number in range(requests):
        await ask(app, number)
    return (time.process_time_ns() - begun) / requests / 1000


async def measure(rounds: int, requests: int) -> tuple[float, float]:
    """Microseconds of processor time a request: without limits, and the median of what limits add."""
    authenticators = Authenticators(_key, _nobody, _no_staff)
    app = build_application([read_nothing], None)
    taken: list[Sequence[float]] = []
    throttles = [Throttle(WITHOUT), Throttle(WITH)]
    for _ in range(rounds + 1):
        one = []
        for throttle in throttles:
            wiring = Wiring(_no_database, authenticators, IdempotencyLog(bytes(32)), throttle=throttle)
            connect(app, wiring, NoDatabase())  # type: ignore[arg-type]
            one.append(await microseconds(app, requests))
        taken.append(one)
    base = statistics.median(off for off, _ in taken[1:])
    return base, statistics.median(on - off for off, on in taken[1:])


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--requests", type=int, default=2_000)
    chosen = parser.parse_args()
    configure_logging("warning", "json")
    base, added = asyncio.run(measure(chosen.rounds, chosen.requests))
    print(f"without limits {base:.0f} µs a request; limits add {added:.1f} µs, {added / base:.1%} (bar {BAR:.0%})")
    return 0 if added / base <= BAR else 1


if __name__ == "__main__":
    raise SystemExit(main())
