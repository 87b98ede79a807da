"""Points given by one member to another: what is moved, what is refused, what comes back (PTS-09)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest

from huixiang.kernel.clock import SettableClock
from huixiang.kernel.errors import DomainError
from huixiang.kernel.ids import new_id
from huixiang.members.model import StateRefuses
from huixiang.platform.db import Database, Transaction
from huixiang.points.model import InsufficientPoints, PostingConflict
from huixiang.points.model.transfer import (
    ProposedTransfer,
    Transfer,
    TransferNotAllowed,
    TransferOutsideLimit,
    TransferRefused,
    TransferTooSoon,
    TransferToSelf,
)
from huixiang.points.ports import AllowAll
from huixiang.points.service.transfer import list_transfers, read_transfer, transfer, use_transfer_risk
from huixiang.rulebook import service as rulebook
from tests.points.movement import (
    FAR,
    NEAR,
    assert_lawful,
    balance,
    in_transit,
    members_with,
    owned,
    relay,
    set_state,
    tie,
)

pytestmark = pytest.mark.requirement("PTS-09")
RULES: dict[str, Any] = {
    "name": {"zh": "转赠", "en": "Transfers"},
    "allowed": True,
    "min_points": 10,
    "max_points": 300,
    "daily_points": 400,
    "monthly_points": 500,
    "fee_points": 2,
    "fee_bp": 250,
    "waiting_days": 7,
}


async def rule(db: Database, **changes: Any) -> None:
    async with db.transaction() as tx:
        await rulebook.publish(tx, "transfer", "default", RULES | changes, tx.now, "test", "test")


async def send(db: Database, sender: UUID, receiver: UUID, points: int, transfer_id: UUID | None = None) -> Transfer:
    async with db.transaction() as tx:
        return await transfer(tx, sender, receiver, points, transfer_id=transfer_id or new_id())


async def seen(db: Database, owner: UUID, transfer_id: UUID) -> Transfer:
    async with db.transaction(read_only=True) as tx:
        return await read_transfer(tx, owner, transfer_id)


async def refusal(db: Database, sender: UUID, receiver: UUID, points: int) -> DomainError:
    with pytest.raises(DomainError) as refused:
        await send(db, sender, receiver, points)
    return refused.value


async def test_what_is_sent_arrives_with_the_days_it_had(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    sender, receiver = await members_with(db, clock, 200, 0)
    await rule(db)
    sent = await send(db, sender, receiver, 120)
    assert (sent.state, sent.fee) == ("on_the_way", 5)  # 2 and 2.5 % of 120
    assert (await balance(db, sender)).balance == 75
    assert in_transit(superuser) == 120
    assert await tie(db, "transfers: on the way") == (120, 120)
    assert_lawful(superuser)
    await relay(db)
    assert await tie(db, "transfers: on the way") == (0, 0)
    arrived = await balance(db, receiver)
    assert [(lot.expires_on, lot.points) for lot in arrived.expiring] == [(NEAR, 100), (FAR, 20)]
    assert [(await seen(db, owner, sent.transfer_id)).state for owner in (sender, receiver)] == ["received"] * 2
    assert in_transit(superuser) == 0
    assert owned(superuser) == 195
    assert_lawful(superuser)


async def test_what_cannot_be_received_comes_back_with_its_days_and_the_fee(
    db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]
) -> None:
    sender, receiver = await members_with(db, clock, 200, 0)
    await rule(db)
    before = await balance(db, sender)
    sent = await send(db, sender, receiver, 120)
    set_state(superuser, receiver, "blocked")
    await relay(db)
    assert await balance(db, sender) == before
    assert (await balance(db, receiver)).balance == 0
    assert (await seen(db, sender, sent.transfer_id)).state == "returned"
    assert in_transit(superuser) == 0
    assert_lawful(superuser)
    set_state(superuser, receiver, "active")
    await send(db, sender, receiver, 190)  # what came back does not count against the limits
    await relay(db)
    assert (await balance(db, receiver)).balance == 190


async def test_the_same_transfer_again_is_the_same_and_another_under_its_id_is_refused(
    db: Database, clock: SettableClock
) -> None:
    sender, receiver, other = await members_with(db, clock, 200, 0, 0)
    await rule(db, daily_points=100)
    transfer_id = new_id()
    sent = await send(db, sender, receiver, 100, transfer_id)
    assert await send(db, sender, receiver, 100, transfer_id) == sent
    await relay(db)
    again = await send(db, sender, receiver, 100, transfer_id)
    assert (again.state, again.transfer_id) == ("received", transfer_id)
    for receiver_then, points in ((other, 100), (receiver, 99)):
        with pytest.raises(PostingConflict):
            await send(db, sender, receiver_then, points, transfer_id)
    await relay(db)
    assert [(await balance(db, owner)).balance for owner in (sender, receiver, other)] == [95, 100, 0]


async def test_limits_of_a_transfer_a_day_and_a_month(db: Database, clock: SettableClock) -> None:
    sender, receiver = await members_with(db, clock, 5000, 0)
    await rule(db)

    async def limit(points: int) -> tuple[Any, Any]:
        refused = await refusal(db, sender, receiver, points)
        assert isinstance(refused, TransferOutsideLimit)
        return refused.fields["limit"], refused.fields["left"]

    assert await limit(9) == ("min_points", 10)
    assert await limit(301) == ("max_points", 300)
    await send(db, sender, receiver, 300)
    assert await limit(101) == ("daily_points", 100)
    clock.advance(timedelta(days=1))
    await send(db, sender, receiver, 150)
    assert await limit(51) == ("monthly_points", 50)
    clock.advance(timedelta(days=31))
    await send(db, sender, receiver, 300)


async def test_what_is_refused(db: Database, clock: SettableClock, superuser: psycopg.Connection[Any]) -> None:
    sender, receiver = await members_with(db, clock, 100, 0)
    await rule(db)
    assert isinstance(await refusal(db, sender, sender, 10), TransferToSelf)
    assert isinstance(await refusal(db, sender, receiver, 99), InsufficientPoints)  # 99 and a fee of 4
    set_state(superuser, sender, "blocked")
    assert isinstance(await refusal(db, sender, receiver, 10), StateRefuses)
    set_state(superuser, sender, "active")
    await rule(db, waiting_days=33)
    assert isinstance(await refusal(db, sender, receiver, 10), TransferTooSoon)
    clock.advance(timedelta(days=1))
    await send(db, sender, receiver, 10)
    await rule(db, allowed=False)
    assert isinstance(await refusal(db, sender, receiver, 10), TransferNotAllowed)


class Suspicious:
    """Lets no transfer of more than 50 points pass, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[ProposedTransfer] = []

    async def allows(self, tx: Transaction, transfer: ProposedTransfer) -> bool:
        assert tx.calendar.day(tx.now).year == 2026
        self.asked.append(transfer)
        return transfer.points <= 50


@pytest.fixture
def suspicious() -> Iterator[Suspicious]:
    looks = Suspicious()
    use_transfer_risk(looks)
    yield looks
    use_transfer_risk(AllowAll())


async def test_risk_may_refuse(db: Database, clock: SettableClock, suspicious: Suspicious) -> None:
    sender, receiver = await members_with(db, clock, 200, 0)
    await rule(db)
    assert isinstance(await refusal(db, sender, receiver, 51), TransferRefused)
    await send(db, sender, receiver, 50)
    assert [(one.sender_id, one.receiver_id, one.points) for one in suspicious.asked] == [
        (sender, receiver, 51),
        (sender, receiver, 50),
    ]
    assert (await balance(db, sender)).balance == 147


async def test_both_sides_list_their_transfers_latest_first(db: Database, clock: SettableClock) -> None:
    sender, receiver = await members_with(db, clock, 200, 200)
    for number in range(3):
        await send(db, sender, receiver, 10 + number)
        await send(db, receiver, sender, 20 + number)
        clock.advance(timedelta(minutes=1))
    await relay(db)
    listed: list[Transfer] = []
    cursor = None
    async with db.transaction(read_only=True) as tx:
        while True:
            page = await list_transfers(tx, sender, cursor, 4)
            listed += page.items
            if (cursor := page.next_cursor) is None:
                break
    assert sorted(one.points for one in listed) == [10, 11, 12, 20, 21, 22]
    assert [one.created_at for one in listed] == sorted((one.created_at for one in listed), reverse=True)
    assert {one.direction for one in listed if one.points < 20} == {"out"}
