"""Sums that are paid and cancelled at once, over 32 connections: none is lost, none is given back twice (CHK-09)."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from huixiang.checkout.model.instructions import Instruction, InstructionPaidBefore, InstructionStateFixed
from huixiang.checkout.service import instructions
from huixiang.checkout.service.complete import BOOKS
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database, Transaction
from huixiang.points import service as points
from tests.checkout.paying import FEN, breaches, buy
from tests.support.programme import load_programme, register_members

pytestmark = pytest.mark.requirement("CHK-09")

CONNECTIONS = 32
ORDERS = 40
Step = Callable[[Transaction], Awaitable[object]]


class Race:
    """One charge of one order, and what waits for it. settled: how often it was told that it is paid."""

    def __init__(self, member: UUID, order_id: UUID, due: Instruction) -> None:
        self.member, self.order_id, self.due = member, order_id, due
        self.settled = 0
        self.refused: list[str] = []

    def steps(self) -> list[Step]:
        return [self.confirm, self.confirm, self.pay_again, self.cancel, self.fail, self.retry, self.ask]

    async def confirm(self, tx: Transaction) -> None:
        async def settle(_tx: Transaction, one: Instruction) -> None:
            assert one.state == "confirmed"
            settled.append(one)

        settled: list[Instruction] = []
        await instructions.confirm(tx, self.member, self.due.instruction_id, "pay-1", tx.now, settle)
        self.settled += len(settled)

    async def pay_again(self, tx: Transaction) -> None:
        await instructions.confirm(tx, self.member, self.due.instruction_id, "pay-2", tx.now)

    async def cancel(self, tx: Transaction) -> None:
        """As who cancels an order does: the accounts first."""
        await points.lock_accounts(tx, {self.member}, BOOKS)
        await instructions.void(tx, self.member, self.order_id, "due")

    async def fail(self, tx: Transaction) -> None:
        await instructions.fail(tx, self.member, self.due.instruction_id, "NOTENOUGH")

    async def retry(self, tx: Transaction) -> None:
        await instructions.retry(tx, self.member, self.due.instruction_id)

    async def ask(self, tx: Transaction) -> None:
        again = await ask(tx, self.member, self.order_id)
        assert again.instruction_id == self.due.instruction_id

    async def run(self, db: Database, step: Step) -> None:
        try:
            async with db.transaction() as tx:
                await step(tx)
        except (InstructionStateFixed, InstructionPaidBefore) as refusal:
            self.refused.append(refusal.code)


async def ask(tx: Transaction, member: UUID, order_id: UUID) -> Instruction:
    return await instructions.ask(
        tx, member_id=member, order_id=order_id, key="due", kind="charge", fen=FEN, cause="order"
    )


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_a_charge_that_is_paid_and_cancelled_at_once_is_given_back_once(
    database_url: str, clock: SettableClock, db: Database, seed: int
) -> None:
    await load_programme(db)
    members = await register_members(db, 4)
    wide = await Database.open(
        database_url, calendar=BusinessCalendar("Asia/Shanghai"), clock=clock, min_size=8, max_size=CONNECTIONS
    )
    races = []
    for number in range(ORDERS):
        member = members[number % len(members)]
        order_id = await buy(db, member, str(number))
        async with db.transaction() as tx:
            races.append(Race(member, order_id, await ask(tx, member, order_id)))
    todo = [(race, step) for race in races for step in race.steps()]
    random.Random(seed).shuffle(todo)
    await asyncio.gather(*(race.run(wide, step) for race, step in todo))
    for race in races:
        async with db.transaction() as tx:
            charge, back = await instructions.of_order(tx, race.member, race.order_id)
        assert (charge.state, charge.undone_by) == ("confirmed", back.instruction_id)
        assert (back.kind, back.fen, back.state) == ("give_back", FEN, "sent")
        assert race.settled <= 1
        assert "instruction_paid_before" in race.refused
    # Both ways round were met: paid before it was cancelled, and after.
    assert {race.settled for race in races} == {0, 1}
    assert await breaches(db) == []
    await wide.close()


async def test_a_sum_that_many_ask_for_at_once_is_one(database_url: str, clock: SettableClock, db: Database) -> None:
    await load_programme(db)
    [member] = await register_members(db, 1)
    order_id = await buy(db, member, "1")
    wide = await Database.open(
        database_url, calendar=BusinessCalendar("Asia/Shanghai"), clock=clock, min_size=8, max_size=CONNECTIONS
    )

    async def one() -> UUID:
        async with wide.transaction() as tx:
            return (await ask(tx, member, order_id)).instruction_id

    assert len(set(await asyncio.gather(*(one() for _ in range(CONNECTIONS))))) == 1
    async with db.transaction() as tx:
        assert len(await instructions.of_order(tx, member, order_id)) == 1
    assert await breaches(db) == []
    await wide.close()
