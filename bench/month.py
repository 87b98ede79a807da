"""A month of the grocer's year lived through anew: every basket quoted for its household, placed and completed.

`python -m bench month [--households N]`: under the shipped rules, at the time of each basket, through the routes of
this process, without a socket. Households hold coupons, and every third basket may use points. What the source does not
list is told with the quote. At the end the relay hands on what happened, and `ledger verify` looks at everything.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter as Tally
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec

from huixiang.catalogue import service as catalogue
from huixiang.checkout.model import NewLine, NewOrder
from huixiang.coupons import service as coupons
from huixiang.coupons.model import NewCoupon
from huixiang.intake.adapters.completejourney import CompleteJourney
from huixiang.intake.adapters.products import UNLISTED
from huixiang.intake.rules import week_shift
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock, SystemClock
from huixiang.members import service as members
from huixiang.platform import migrations
from huixiang.platform.db import Database
from huixiang.platform.embedded.identity import Identity
from huixiang.platform.embedded.paths import Home
from huixiang.platform.embedded.postgres import EmbeddedPostgres
from huixiang.platform.telemetry import configure_logging
from huixiang.pricing.service import tokens
from tests.checkout.counter import Counter, opened
from tests.pricing.quoting import Secrets, numbered
from tests.support.programme import load_programme

DAYS = 30
AT_ONCE = 8
WINDOW = timedelta(minutes=10)  # baskets of so long are brought at once; a quote is good for longer
EVERY_WITH_POINTS = 3
POINTS_USED = 500  # at most
HELD = ("new_member_8", "new_member_15", "anything_95", "anything_95", "free_delivery_coupon")
ROWS = 1_000
TOGETHER = 100  # households
RUN = "from huixiang.entry.cli import main; main()"


class Basket(msgspec.Struct, frozen=True):
    """An order of the source, by the number of its household."""

    owner: int
    order: NewOrder


class Lived(msgspec.Struct):
    """How a replay went. errors: what was answered instead of an order, and how often."""

    orders: int = 0
    lines: int = 0
    with_points: int = 0
    with_coupons: int = 0
    payable_fen: int = 0
    seconds: float = 0.0
    errors: Tally[str] = msgspec.field(default_factory=Tally)


class Month:
    """The last days of a source, and the shop that they are brought to."""

    def __init__(self, db: Database, clock: SettableClock, source: CompleteJourney, days: int = DAYS) -> None:
        """clock: of the database. It is set to the beginning of the month, and goes with the baskets."""
        self._db = db
        self._clock = clock
        self._source = source
        today = db.calendar.day(clock.now())
        source.place_in_time(week_shift(source.last_day, today), db.calendar.zone_name)
        owners = range(len(source.orders_of_owner))
        baskets = [Basket(owner, order) for owner in owners for order in source.orders(range(owner, owner + 1))]
        last = max(one.order.completed_at for one in baskets)
        self._begin = last - timedelta(days=days)
        self.baskets = sorted(
            (one for one in baskets if one.order.completed_at > self._begin),
            key=lambda one: (one.order.completed_at, one.order.external_id),
        )
        self._members: list[UUID] = []
        self._listed: set[str] = set()
        self._unlisted: dict[str, int] = {}

    async def open(self) -> None:
        """The goods that the source lists, its stores, and its households with their coupons."""
        self._clock.set(self._begin)
        listed = []
        for sku in self._source.skus():
            if sku.category == UNLISTED:
                self._unlisted[sku.sku] = sku.list_price_fen
            else:
                listed.append(sku)
        async with self._db.transaction() as tx:
            outcomes = await catalogue.upsert_stores(tx, self._source.stores())
            outcomes += await catalogue.upsert_categories(tx, self._source.categories())
            for start in range(0, len(listed), ROWS):
                outcomes += await catalogue.upsert_skus(tx, listed[start : start + ROWS])
        assert [one.error for one in outcomes if one.error] == []
        owners = len(self._source.orders_of_owner)
        for start in range(0, owners, TOGETHER):
            async with self._db.transaction() as tx:
                rows = self._source.members(range(start, min(start + TOGETHER, owners)))
                # A household that comes for the first time within the month has been here a day.
                early = [
                    msgspec.structs.replace(one, registered_at=min(one.registered_at or self._begin, self._begin))
                    for one in rows
                ]
                made = await members.register_bulk(tx, early)
                ids = [one.member_id for one in made if one.member_id is not None]
                assert len(ids) == len(rows), [one.refusal for one in made if one.refusal]
                for member_id in ids:
                    for rule in HELD:
                        await coupons.grant(tx, member_id, NewCoupon(rule=rule))
            self._members += ids

    async def live(self, counter: Counter) -> Lived:
        """Bring every basket at its time, those of some minutes at once."""
        lived = Lived()
        began = time.perf_counter()
        for day, baskets in groupby(self.baskets, key=lambda one: self._db.calendar.day(one.order.completed_at)):
            for window in _windows(list(baskets)):
                await self._bring(counter, window, lived)
            await counter.relay()
            took = time.perf_counter() - began
            print(f"{day} {lived.orders:>7,} orders {lived.orders / took:>6.1f}/s", flush=True)
        lived.seconds = time.perf_counter() - began
        return lived

    async def _bring(self, counter: Counter, window: Sequence[Basket], lived: Lived) -> None:
        waiting = iter(window)

        async def lane() -> None:
            for one in waiting:
                self._clock.set(one.order.completed_at)
                await self._buy(counter, one, lived)

        await asyncio.gather(*(lane() for _ in range(min(AT_ONCE, len(window)))))

    async def _buy(self, counter: Counter, one: Basket, lived: Lived) -> None:
        """Quote, place, complete."""
        number = one.order.external_id
        asked = {
            "lines": numbered(self._line(line) for line in one.order.lines),
            "member": {"member_id": self._members[one.owner]},
            "channel": one.order.channel,
            "store": one.order.store_id,
            "points": 0 if int(number) % EVERY_WITH_POINTS else POINTS_USED,
        }
        quote = await counter.ask("/api/v1/quotes", asked)
        if not _went_well("quote", quote, lived):
            return
        placed = await counter.try_place(quote.json(), number, paid=True)
        if not _went_well("place", placed, lived):
            return
        order = placed.json()
        if not _went_well("complete", await counter.try_act(order, "complete"), lived):
            return
        lived.orders += 1
        lived.lines += len(order["lines"])
        lived.with_points += order["points"] > 0
        lived.with_coupons += bool(order["coupons"])
        lived.payable_fen += order["due_fen"]

    def _line(self, line: NewLine) -> dict[str, Any]:
        told: dict[str, Any] = {"sku": line.sku}
        told |= {"pieces": line.pieces} if line.pieces else {"amount_fen": line.payable_fen}
        if line.sku in self._unlisted:
            fen = self._unlisted[line.sku]
            told["goods"] = {"category": UNLISTED, "unit": "piece", "list_price_fen": fen}
        return told


def _windows(baskets: Sequence[Basket]) -> Iterator[list[Basket]]:
    window: list[Basket] = []
    for one in baskets:
        # A household is one buyer: it comes back when it has left.
        late = window and one.order.completed_at - window[0].order.completed_at > WINDOW
        if late or any(one.owner == other.owner for other in window):
            yield window
            window = []
        window.append(one)
    if window:
        yield window


def _went_well(what: str, answer: httpx.Response, lived: Lived) -> bool:
    if answer.is_success:
        return True
    problem = answer.json()
    why = sorted({one["path"].partition("[")[0] + " " + one["problem"] for one in problem.get("errors", ())})
    lived.errors[f"{what}: {answer.status_code} {problem.get('code')} {why}"] += 1
    return False


def verified(url: str) -> int:
    """Run `huixiang ledger verify`; its exit code."""
    environment = os.environ | {"HUIXIANG_DATABASE_URL": url}
    command = [sys.executable, "-c", RUN, "ledger", "verify", "--processes", "2"]
    return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603 - ours


async def replay(url: str, households: int | None) -> Lived:
    clock = SettableClock(SystemClock().now())
    db = await Database.open(url, calendar=BusinessCalendar("Asia/Shanghai"), clock=clock, max_size=AT_ONCE)
    try:
        await load_programme(db)
        month = Month(db, clock, CompleteJourney.read(households))
        await month.open()
        tokens.use_secrets(Secrets("month"))
        async with opened(db) as counter:
            return await month.live(counter)
    finally:
        await db.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--households", type=int, help="only so many")
    given = parser.parse_args()
    configure_logging("warning", "text")
    with tempfile.TemporaryDirectory(prefix="huixiang-bench-") as name:
        Path(name).chmod(0o711)
        server = EmbeddedPostgres(Home(Path(name)), Identity.for_servers("nobody"))
        server.start()
        try:
            migrations.upgrade(server.url("huixiang_owner"))
            lived = asyncio.run(replay(server.url("huixiang_app"), given.households))
            print(
                f"\n{lived.orders:,} orders of {lived.lines:,} lines in {lived.seconds:.0f} s, relay and all: "
                f"{lived.orders / lived.seconds:.1f} orders/s, each quoted, placed and completed;\n"
                f"{lived.with_points:,} paid with points in part, {lived.with_coupons:,} with coupons; "
                f"errors: {dict(lived.errors) or 'none'}",
                flush=True,
            )
            return verified(server.url("huixiang_app")) or int(bool(lived.errors))
        finally:
            server.stop()


if __name__ == "__main__":
    raise SystemExit(main())
