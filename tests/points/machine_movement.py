"""What concerns more than one account, or none in particular: transfers both ways, time, and the sweeps."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import rule

from huixiang.kernel.errors import DomainError
from huixiang.kernel.ids import new_id
from huixiang.points.events import TransferReceived, TransferRejected, TransferSent
from huixiang.points.model import POINTS, Outcome, Settle
from huixiang.points.service import sweep, transit
from huixiang.points.service.sweep import Due
from huixiang.points.service.transfer import read_transfer, transfer
from tests.points.machine import World
from tests.points.machine_commands import LedgerCommands, amount, member, pick
from tests.points.model_account import Refused
from tests.points.model_ledger import parcels_of

FEE = 2
# Of the sweeps, which leave them to the end of their transaction; an example is one transaction.
STAGING = (
    "DROP TABLE IF EXISTS pg_temp.bulk_wanted, pg_temp.bulk_changed, pg_temp.bulk_marks, pg_temp.bulk_lots,"
    " pg_temp.outbox_owner"
)
IN_TRANSIT = """
    SELECT coalesce(-sum(points), 0)::bigint FROM points.posting
    WHERE member_id = ANY($1) AND counter_account = 'in_transit'
"""


class LedgerMovement(LedgerCommands):
    # -------------------- transfers
    @rule(who=member, points=amount, nobody=st.sampled_from([False, False, True]))
    def send(self, who: int, points: int, *, nobody: bool) -> None:
        """To the other member, or to somebody who is none."""
        points = max(self.affordable(who, points) - FEE, 1)
        to = new_id() if nobody else self.members[1 - who]
        self.sends.append((who, new_id(), to, points))
        self.ask_transfer(*self.sends[-1])

    @rule(which=pick, other=st.booleans())
    def send_again(self, which: int, *, other: bool) -> None:
        if self.sends:
            who, transfer_id, to, points = self.sends[-1 - which % len(self.sends)]
            self.ask_transfer(who, transfer_id, to, points + other)

    def ask_transfer(self, who: int, transfer_id: UUID, to: UUID, points: int) -> None:
        self.settle_accounts()
        name, model = f"transfer:{transfer_id}", self.models[who]
        if (twin := self.unswept[who]) is not None:
            with suppress(Refused):
                twin.send(self.now, name, to, points, FEE)
        try:
            expected = model.send(self.now, name, to, points, FEE)[0]
        except Refused as refused:
            expected = str(refused)
        answer = World.runner.run(self.transfer(who, transfer_id, to, points))
        if expected == "posted":
            self.keys[who].append(f"{name}:out")
            self.on_the_way.append(
                TransferSent(
                    member_id=self.members[who], occurred_at=self.now, transfer_id=transfer_id, purpose="transfer",
                    book=POINTS.code, points=points, receiver_id=to, fee=FEE,
                )
            )  # fmt: skip
        assert answer == ("posted" if expected == "replayed" else expected)
        World.reached[f"transfer {expected}"] += 1
        World.runner.run(self.compare_transit(who))

    async def transfer(self, who: int, transfer_id: UUID, to: UUID, points: int) -> str:
        try:
            sent = await transfer(self.tx, self.members[who], to, points, transfer_id=transfer_id)
        except DomainError as refusal:
            return refusal.code
        assert (sent.other_id, sent.points, sent.fee) == (to, points, FEE)
        return "posted"

    @rule(which=pick)
    def arrive(self, which: int) -> None:
        """Bring something on its way to where it goes, or back."""
        if self.on_the_way:
            self.settle_accounts()
            sent = self.on_the_way.pop(which % len(self.on_the_way))
            World.runner.run(self.arrived(sent) if sent.receiver_id in self.members else self.came_back(sent))

    async def arrived(self, sent: TransferSent) -> None:
        name, giver = f"transfer:{sent.transfer_id}", self.members.index(sent.member_id)
        taker = 1 - giver
        parcels = parcels_of(self.models[giver].done[f"{name}:out"])
        for ledger in filter(None, (self.models[taker], self.unswept[taker])):
            ledger.receive(self.now, f"{name}:in", parcels, sent.occurred_at)
        self.keys[taker].append(f"{name}:in")
        await transit.deliver(self.tx, [sent])
        await transit.confirm(
            self.tx,
            [
                TransferReceived(
                    member_id=sent.receiver_id, occurred_at=sent.occurred_at, transfer_id=sent.transfer_id,
                    purpose=sent.purpose, book=sent.book, points=sent.points, sender_id=sent.member_id,
                )
            ],
        )  # fmt: skip
        World.reached[f"transfer arrived at {taker}"] += 1
        await self.compare_transit(taker)
        assert (await read_transfer(self.tx, sent.member_id, sent.transfer_id)).state == "received"

    async def came_back(self, sent: TransferSent) -> None:
        name, giver = f"transfer:{sent.transfer_id}", self.members.index(sent.member_id)
        parcels = parcels_of(self.models[giver].done[f"{name}:out"])
        self.models[giver].get_back(self.now, name, parcels, FEE, sent.occurred_at)
        if (twin := self.unswept[giver]) is not None:
            with suppress(Refused):
                twin.get_back(self.now, name, parcels, FEE, sent.occurred_at)
        await transit.deliver(self.tx, [sent])
        await transit.give_back(
            self.tx,
            [
                TransferRejected(
                    member_id=sent.receiver_id, occurred_at=sent.occurred_at, transfer_id=sent.transfer_id,
                    purpose=sent.purpose, book=sent.book, points=sent.points, sender_id=sent.member_id,
                )
            ],
        )  # fmt: skip
        World.reached["transfer came back"] += 1
        await self.compare_transit(giver)
        assert (await read_transfer(self.tx, sent.member_id, sent.transfer_id)).state == "returned"

    async def compare_transit(self, who: int) -> None:
        """What left accounts and came into none is on its way, so no transfer changes a sum."""
        assert await self.tx.fetchval(IN_TRANSIT, self.members) == sum(sent.points for sent in self.on_the_way)
        await self.compare({who})

    # -------------------- time
    @rule(
        jump=st.one_of(
            st.integers(1, 50).map(lambda n: timedelta(minutes=n)),
            st.integers(1, 40).map(lambda n: timedelta(hours=n)),
            st.sampled_from([1, 1, 2, 2, 3, 7, 14, 31, 62, 400]).map(lambda n: timedelta(days=n)),
        )
    )
    def wait(self, jump: timedelta) -> None:
        self.settle_accounts()
        self.now += jump
        self.tx.now = self.now
        World.reached["wait"] += 1

    @rule(who=member)
    def sweep(self, who: int) -> None:
        self.settle_accounts()
        told = self.models[who].settle(self.now)
        outcomes = World.runner.run(self.post([Settle(member_id=self.members[who], book=POINTS)]))
        assert isinstance(outcomes[0], Outcome)
        assert [posting.kind for posting in outcomes[0].settled] == told
        for kind in told:
            World.reached[f"swept {kind}"] += 1
        World.runner.run(self.compare({who}))

    @rule(due=st.sampled_from(list(Due)))
    def sweep_chunk(self, due: Due) -> None:
        """As the program's sweeps do it: on columns, and what those leave through the general door."""
        self.settle_accounts()
        found = [who for who in range(len(self.members)) if due in self.models[who].due(self.now)]
        left = [who for who in found if due is Due.HOLDS or self.models[who].held or self.models[who].debt]
        World.runner.run(self.swept(due, {self.members[who] for who in left}, len(found)))
        for who in found:
            for kind in self.models[who].settle(self.now):
                World.reached[f"{due} sweep {'left' if who in left else 'did'} {kind}"] += 1
        World.runner.run(self.compare(set(found)))

    async def swept(self, due: Due, left: set[UUID], found: int) -> None:
        await sweep.begin(self.tx, POINTS, due)
        swept = await sweep.sweep(self.tx, POINTS, due, 100)
        assert (set(swept.left), swept.found) == (left, found)
        await sweep.settle_left(self.tx, POINTS, swept.left)
        await self.tx.execute(STAGING)
