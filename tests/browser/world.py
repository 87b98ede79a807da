"""What the pages are looked at with: an installation with staff, members, orders and a refund, made by the services.

It is seeded once and served by the real application in a process of its own.
"""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from huixiang.checkout import service as checkout
from huixiang.checkout.model import NewLine, NewOrder, RefundLine, RefundRequest, Tender
from huixiang.entry import wiring
from huixiang.entry.background import SUBSCRIPTIONS
from huixiang.entry.keys import use_keys
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SystemClock
from huixiang.kernel.ids import new_id
from huixiang.members import service as members
from huixiang.members.model import ExternalId, MemberRef, NewMember
from huixiang.platform.db import Database
from huixiang.platform.relay import Relay
from huixiang.platform.settings import Settings
from huixiang.points import service as points
from huixiang.points.model import POINTS, Capture, ClawBack, Command, Credit, Hold, Release, Return, Source, Spend
from huixiang.rulebook import service as rulebook
from huixiang.staff import service as staff
from huixiang.staff.model import NewAccount, Role

WANG = "718"  # gold, with a name, a phone and a long statement
NEWCOMER = "901"  # registered, has bought nothing
HOLDER = "902"  # has something of every kind on the statement
CROWD = 48  # further members, for lists that go on
ORDERS_OF_WANG = 47
LARGE_FEN = 16_020  # Wang's order n is worth LARGE_FEN + 100 n
START_SECONDS = 120
ROLES = {
    "maker": Role.OPERATIONS,
    "clerk": Role.CUSTOMER_SERVICE,
    "visitor": Role.OPERATIONS,
    "checker": Role.ADMIN,
    "leaver": Role.ANALYST,
}


class World(msgspec.Struct, frozen=True):
    """Where the installation answers, who may enter, and whom the tests look at."""

    address: str
    settings: Settings
    accounts: dict[str, NewAccount]
    tokens: dict[str, str]
    member_ids: dict[str, UUID]
    holder_kinds: list[str]
    wang_points: int
    wang_spent_fen: int
    sales_fen: int
    orders: int

    def code(self, username: str) -> str:
        """The user's one-time code of this moment. The server takes each code once."""
        return staff.current_code(self.accounts[username].totp_secret, SystemClock().now())


async def seed(settings: Settings) -> World:
    """Fill a migrated database."""
    wiring.register_rule_kinds()
    async with opened(settings) as db:
        async with db.transaction() as tx:
            await rulebook.load_shipped(tx)
            accounts = {
                name: await staff.add_account(tx, name, f"林晓{name}", role, by="cli", lasting=True)
                for name, role in ROLES.items()
            }
            made = await members.register_bulk(tx, _people(tx.now))
            ids = [outcome.member_id for outcome in made if outcome.member_id is not None]
        wang, newcomer, holder, *crowd = ids
        orders = [*_orders_of_wang(wang, tx.now), *_orders_of_crowd(crowd, tx.now)]
        async with db.transaction() as tx:
            posted = await checkout.post_orders(tx, orders)
        refused = [outcome.refusal for outcome in posted if outcome.refusal]
        assert not refused, refused
        first = posted[0].result
        assert first is not None
        async with db.transaction() as tx:
            refund = await checkout.refund_order(tx, first.order_id, _refund(tx.now))
        kinds = await _live_of_holder(db, holder)
        await Relay(db, SUBSCRIPTIONS).drain()
        async with db.transaction(read_only=True) as tx:
            tokens = {
                name: members.issue_token(one, tx.now)
                for name, one in {WANG: wang, NEWCOMER: newcomer, HOLDER: holder}.items()
            }
    spent = sum(_payable(order) for order in orders[:ORDERS_OF_WANG])
    return World(
        address="",
        settings=settings,
        accounts=accounts,
        tokens=tokens,
        member_ids={WANG: wang, NEWCOMER: newcomer, HOLDER: holder},
        holder_kinds=kinds,
        wang_points=sum(_payable(order) // 100 for order in orders[:ORDERS_OF_WANG]) - refund.points,
        wang_spent_fen=spent - refund.refund_fen,
        sales_fen=sum(_payable(order) for order in orders),
        orders=len(orders),
    )


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Database]:
    """The installation's database, as the program opens it, and its keys: this process may have had another's."""
    use_keys(settings)
    calendar = BusinessCalendar(settings.time_zone)
    db = await Database.open(str(settings.database_url), calendar=calendar, clock=SystemClock())
    try:
        yield db
    finally:
        await db.close()


def _people(now: datetime) -> list[NewMember]:
    long_ago = now - timedelta(days=330)
    return [
        NewMember(
            channel="store",
            name="王小明",
            phone="13812345678",
            external_ids=(ExternalId("till", WANG),),
            registered_at=long_ago,
        ),
        # Moved in: who registers here and now is welcomed with points.
        NewMember(channel="app", external_ids=(ExternalId("till", NEWCOMER),), registered_at=now - timedelta(days=2)),
        NewMember(channel="store", external_ids=(ExternalId("till", HOLDER),), registered_at=long_ago),
        *(
            NewMember(channel="store", external_ids=(ExternalId("till", f"c{n}"),), registered_at=long_ago)
            for n in range(CROWD)
        ),
    ]


def _orders_of_wang(wang: UUID, now: datetime) -> list[NewOrder]:
    return [
        NewOrder(
            source="till",
            external_id=f"w{n}",
            member=MemberRef(member_id=wang),
            store_id=None,
            channel="store",
            programme="base",
            completed_at=now - timedelta(days=6 * n + 1),
            lines=[
                NewLine(line_id="1", sku="apple", payable_fen=LARGE_FEN, grams=1500),
                NewLine(line_id="2", sku="milk", payable_fen=100 * n, pieces=2),
            ],
            tenders=[],
        )
        for n in range(ORDERS_OF_WANG)
    ]


def _orders_of_crowd(crowd: list[UUID], now: datetime) -> list[NewOrder]:
    numbers = random.Random(20)
    return [
        NewOrder(
            source="till",
            external_id=f"c{n}-{k}",
            member=MemberRef(member_id=member_id),
            channel="store",
            programme="base",
            completed_at=now - timedelta(days=numbers.randrange(1, 320), minutes=n),
            lines=[NewLine(line_id="1", sku="rice", payable_fen=numbers.randrange(2_000, 90_000), pieces=1)],
            tenders=[Tender("manufacturer_coupon", 150)],
        )
        for n, member_id in enumerate(crowd)
        for k in range(n % 4)
    ]


async def _live_of_holder(db: Database, holder: UUID) -> list[str]:
    """Post something of every kind that a command makes; the kinds, the latest first."""

    def source(key: str, cause: str, counter: str = "") -> Source:
        return Source(key=key, cause=cause, counter_account=counter, occurred_at=db.clock.now())

    kept, freed = new_id(), new_id()
    account: dict[str, Any] = {"member_id": holder, "book": POINTS}
    soon = db.clock.now() + timedelta(days=7)
    commands: list[Command] = [
        Credit(**account, points=500, source=source("e1", "consumption", "issued:consumption")),
        Credit(**account, points=19, source=source("e2", "consumption", "issued:consumption"), matures_at=soon),
        Hold(**account, points=300, hold_id=kept, source=source("h1", "checkout"), expires_at=None),
        Capture(**account, points=200, hold_id=kept, source=source("k1", "checkout", "redeemed:checkout")),
        Hold(**account, points=120, hold_id=freed, source=source("h2", "checkout"), expires_at=None),
        Release(**account, hold_id=freed, source=source("r1", "checkout")),
        Spend(**account, points=250, source=source("s1", "cash_off", "redeemed:cash_off")),
        Return(**account, points=50, origin_key="s1", source=source("g1", "refund", "returned:refund")),
        Spend(**account, points=60, kind="transfer_out", source=source("t1", "transfer", "in_transit")),
        ClawBack(**account, points=100, origin_key="e1", source=source("c1", "refund", "clawed_back:refund")),
    ]
    async with db.transaction() as tx:
        outcomes = await points.post(tx, commands)
    return [outcome.posting.kind for outcome in reversed(outcomes) if outcome.posting]


def _payable(order: NewOrder) -> int:
    return sum(line.payable_fen for line in order.lines)


def _refund(now: datetime) -> RefundRequest:
    return RefundRequest(
        external_id="r1", reason="bruised", occurred_at=now, lines=[RefundLine(line_id="1", quantity=500)]
    )


@contextmanager
def served(world: World, listener: socket.socket | None = None) -> Iterator[World]:
    """The application in a process of its own, on a free port or the caller's, until the end of the block."""
    listener = listener or socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HUIXIANG_")}
    command = ["-m", "uvicorn", "--factory", "huixiang.entry.http:create_app", "--log-level", "warning"]
    log = Path(world.settings.home) / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - our own program
            [sys.executable, *command, "--fd", str(listener.fileno())],
            env=environment | world.settings.as_environment(),
            pass_fds=[listener.fileno()],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    listener.close()
    try:
        _wait(process, address, log)
        yield msgspec.structs.replace(world, address=address)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    begun = time.monotonic()
    while time.monotonic() - begun < START_SECONDS:
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5):  # noqa: S310 - our own address
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"the server did not answer within {START_SECONDS} s:\n{log.read_text()}")
