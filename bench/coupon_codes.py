"""How long it takes to make a batch of a million codes and to hand out its file, by the route that staff ask.

`python -m bench coupon_codes`: each code is drawn, hashed under a key and stored before its line is sent. Beside it,
the drawing and hashing alone.
"""

from __future__ import annotations

import argparse
import asyncio
import time

from bench.rush import servers
from huixiang.coupons.rules.codes import entered, is_unique
from huixiang.coupons.service import handing
from huixiang.entry import wiring
from tests.concurrency.load import opened
from tests.coupons.office import open_code_office

BAR_S = 60.0
MILLION = 1_000_000


async def measure(url: str, count: int) -> int:
    wiring.register_rule_kinds()
    db = await opened(url, 4)
    async with open_code_office(db) as office:
        batch = await office.ask(count)
        await office.decide(batch)
        before = time.perf_counter()
        answer = await office.hand_out(batch)
        seconds = time.perf_counter() - before
        report = await office.read(batch)
        before = time.perf_counter()
        for _ in range(0, count, handing.AT_ONCE):
            handing.draw(min(handing.AT_ONCE, count))
        drawing = time.perf_counter() - before
    await db.close()
    codes = answer.text.splitlines()[1:]
    sound = sum(is_unique(entered(code)) for code in codes[:: max(1, count // 1000)])
    print(
        f"{len(codes):,} codes, {len(answer.content):,} bytes in {seconds:.1f} s ({len(codes) / seconds:,.0f} codes/s);"
        f" drawing and hashing alone {drawing:.1f} s"
    )
    whole = len(set(codes)) == report["batch"]["stored"] == count and sound > 0 and report["batch"]["state"] == "handed"
    return int(not whole or seconds * MILLION > BAR_S * count)


def main() -> int:
    parser = argparse.ArgumentParser(description="a batch of a million codes")
    parser.add_argument("--codes", type=int, default=MILLION)
    given = parser.parse_args()
    with servers() as (url, _):
        return asyncio.run(measure(url, given.codes))


if __name__ == "__main__":
    raise SystemExit(main())
