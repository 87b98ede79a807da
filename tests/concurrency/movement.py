"""Steps between owners beside the ledger's own: transfers, a family pool, a partner's points; and what they change in
all."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import msgspec

from huixiang.platform.db import Database, Transaction
from huixiang.points.model import POINTS, Credit, Source, hold_key
from huixiang.points.model.partner import Direction, ExchangeOrder
from huixiang.points.service import partner, pool, pool_ticket
from huixiang.points.service.transfer import transfer
from huixiang.rulebook import service as rulebook
from tests.concurrency.load import OCCURRED_AT, Doors, Step, commands, id_of, post_all
from tests.support.programme import load_programme, register_members

MUCH = 10**9
AIR = "air"
NAME = {"zh": "甲", "en": "A"}
RATES = {"in": 3, "out": 2}
UNLIMITED: dict[str, dict[str, Any]] = {
    "transfer": {"allowed": True, "max_points": MUCH, "daily_points": MUCH, "monthly_points": MUCH},
    "pool": {
        "allowed": True, "max_members": 9, "daily_points": MUCH, "monthly_points": MUCH, "ticket_minutes": 1440,
    },
    "partner": {
        way: {
            "rate": {"points": 1, "partner_points": rate}, "budget_points": MUCH, "daily_points": MUCH,
            "member_daily_points": MUCH,
        }
        for way, rate in (("incoming", RATES["in"]), ("outgoing", RATES["out"]))
    },
}  # fmt: skip
# A step about an earlier one is about the one so many before it, and no other step is.
TICKET_BEFORE = 8
EXCHANGE_BEFORE = 16


async def family(db: Database, people: int, points: int) -> list[UUID]:
    """Members with so many points each, under rules without limits; the last id is the pool that they are all in."""
    await load_programme(db)
    async with db.transaction() as tx:
        for kind, body in UNLIMITED.items():
            code = AIR if kind == "partner" else "default"
            await rulebook.publish(tx, kind, code, {"name": NAME} | body, tx.now, "test", "test")
    head, *others = members = await register_members(db, people, registered_at=db.clock.now() - timedelta(days=2))
    async with db.transaction() as tx:
        pool_id = (await pool.create_pool(tx, head)).pool_id
    for person in others:
        async with db.transaction() as tx:
            await pool.invite(tx, head, person)
            await pool.join(tx, person, pool_id)
    issue = Source(key="issue", cause="load", counter_account="issued:load", occurred_at=OCCURRED_AT)
    await post_all(db, [Credit(member_id=member, book=POINTS, points=points, source=issue) for member in members])
    return [*members, pool_id]


class Turn(msgspec.Struct, frozen=True):
    """One person's turn in a mixed load. points: a multiple of three, so that a partner's rates divide it."""

    members: Sequence[UUID]
    pool_id: UUID
    seed: int
    number: int

    @property
    def person(self) -> UUID:
        return self.members[self.number % len(self.members)]

    @property
    def points(self) -> int:
        return 3 * random.Random(f"{self.seed}/{self.number}").randint(1, 5)

    @property
    def made(self) -> UUID:
        return id_of(self.seed, self.number)

    def reference(self, before: int = 0) -> str:
        return f"{self.seed}:{self.number - before}"


def send(turn: Turn) -> Step:
    others = [one for one in turn.members if one != turn.person]

    async def do(tx: Transaction) -> int:
        receiver = others[turn.points % len(others)]
        return -(await transfer(tx, turn.person, receiver, turn.points, transfer_id=turn.made)).points

    return Step(f"transfer:{turn.made}:out", alone(do), moves=False)


def contribute(turn: Turn) -> Step:
    async def do(tx: Transaction) -> int:
        return -(await pool.contribute(tx, turn.person, turn.points, transfer_id=turn.made)).points

    return Step(f"transfer:{turn.made}:out", alone(do), moves=False)


def hold(turn: Turn) -> Step:
    async def do(tx: Transaction) -> int:
        await pool_ticket.hold(tx, turn.pool_id, turn.person, turn.made, turn.points)
        return 0

    return Step(hold_key(turn.made), alone(do))


def finish(turn: Turn) -> Step:
    """Capture some of a ticket or all of it, or give it free."""
    held = id_of(turn.seed, turn.number - TICKET_BEFORE)

    async def capture(tx: Transaction) -> int:
        return -(await pool_ticket.capture(tx, turn.pool_id, held, turn.points - 3)).captured

    async def release(tx: Transaction) -> int:
        await pool_ticket.release(tx, turn.pool_id, held)
        return 0

    if turn.points == 3:
        return Step(f"{hold_key(held)}:release", alone(release))
    return Step(f"{hold_key(held)}:capture", alone(capture))


def exchange(turn: Turn, direction: Direction) -> Step:
    """In two transactions, as a request makes it."""
    order = ExchangeOrder(
        partner=AIR, direction=direction, reference=turn.reference(), partner_points=turn.points * RATES[direction]
    )

    async def do(doors: Doors) -> int:
        async with doors.db.transaction() as tx:
            ticket = await partner.reserve(tx, turn.person, order)
        async with doors.db.transaction() as tx:
            made = await partner.exchange(tx, ticket)
        return made.points if direction == "in" else -made.points

    return Step(f"partner:{AIR}:{direction}:{order.reference}", do)


def cancel(turn: Turn) -> Step:
    out = turn.reference(EXCHANGE_BEFORE)

    async def do(tx: Transaction) -> int:
        return (await partner.cancel(tx, turn.person, AIR, out)).points

    return Step(f"partner:{AIR}:cancelled:{out}", alone(do))


# By the number's remainder; what is not here is a command of the ledger.
PERIOD = 24
KINDS: dict[int, Callable[[Turn], Step]] = {
    1: send,
    2: contribute,
    3: hold,
    4: partial(exchange, direction="in"),
    5: partial(exchange, direction="out"),
    11: finish,
    13: send,
    14: contribute,
    15: partial(exchange, direction="in"),
    21: cancel,
}


def mixed(ids: Sequence[UUID], seed: int, number: int) -> Step:
    """Commands of the ledger on the members' accounts, and steps between them, their pool and a partner."""
    *members, pool_id = ids
    if make := KINDS.get(number % PERIOD):
        return make(Turn(members, pool_id, seed, number))
    return commands(members, seed, number)


def alone(do: Callable[[Transaction], Awaitable[int]]) -> Callable[[Doors], Awaitable[int]]:
    """In a transaction of its own."""

    async def run(doors: Doors) -> int:
        async with doors.db.transaction() as tx:
            return await do(tx)

    return run


def transfers(pair: Sequence[UUID], seed: int, number: int) -> Step:
    """From one of two members to the other, both ways."""
    chance = random.Random(f"{seed}/{number}")
    giver, taker = chance.sample(list(pair), 2)
    points = chance.randint(1, 60)

    async def do(tx: Transaction) -> int:
        return -(await transfer(tx, giver, taker, points, transfer_id=id_of(seed, number))).points

    return Step(f"transfer:{id_of(seed, number)}:out", alone(do), moves=False)


LOADS = {"commands": commands, "mixed": mixed, "transfers": transfers}


class Sums(msgspec.Struct, frozen=True):
    """owned: in accounts of members and pools, less what is owed. on_the_way: in transit, as the transfers' rows say.
    brought: what all other postings came to."""

    owned: int
    on_the_way: int
    brought: int


async def sums(db: Database) -> Sums:
    async with db.snapshot() as tx:
        row = await tx.fetchrow(
            """
            SELECT (SELECT coalesce(sum(balance - debt), 0)::bigint FROM points.account),
                   (SELECT coalesce(sum(CASE WHEN direction = 'in' THEN -points ELSE points END), 0)::bigint
                    FROM points.transfer WHERE state <> 'returned'),
                   (SELECT coalesce(sum(points), 0)::bigint FROM points.posting WHERE counter_account <> 'in_transit')
            """
        )
    assert row is not None
    return Sums(*row)
