"""Points on their way from one owner to another: out of one account in one transaction, into the other in a later one.

Between the two they stand in no account; the counter account `in_transit` and the sender's row say where they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Literal
from uuid import UUID

import msgspec
from msgspec.structs import replace

from huixiang.members import service as members
from huixiang.members.model import Ability
from huixiang.platform.db import Transaction
from huixiang.points.events import TransferReceived, TransferRejected, TransferReturned, TransferSent
from huixiang.points.model import NEVER, Book, ClawBack, Command, Parcel, Receive, Return, Source, Spend
from huixiang.points.model.transfer import FEE, IN_TRANSIT, Counting, Purpose, StoredTransfer, Transfer
from huixiang.points.rules.credits import taken_from_lots
from huixiang.points.service.batch import Accounts
from huixiang.points.service.books import find_book
from huixiang.points.service.post import post
from huixiang.points.store import pools as pool_store
from huixiang.points.store import transfers as store

CONTRIBUTION: Purpose = "pool_contribution"
MERGES: frozenset[Purpose] = frozenset({"merge", "unmerge"})


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """Points to be sent. `fee`: taken beside them. `rule_version`: of the rules that allowed it."""

    transfer_id: UUID
    sender_id: UUID
    receiver_id: UUID
    book: Book
    points: int
    purpose: Purpose
    fee: int = 0
    rule: str | None = None
    rule_version: int | None = None


async def dispatch(tx: Transaction, outgoing: Sequence[Outgoing], locked: Accounts) -> list[Transfer]:
    """Take points from accounts that are locked and send them on their way. Raises InsufficientPoints."""
    commands: list[Command] = []
    for one in outgoing:
        commands.append(_debit(tx, one, "out", one.points, IN_TRANSIT))
        if one.fee:
            commands.append(_debit(tx, one, "fee", one.fee, FEE))
    taken = {outcome.posting.key: outcome.posting for outcome in await post(tx, commands, locked) if outcome.posting}
    stored = []
    for one in outgoing:
        lots = locked[one.sender_id, one.book.number].lots
        drawn = taken_from_lots(taken[transit_key(one.transfer_id, "out")])
        parcels = tuple(Parcel(points, lots[lot_no].expires_on) for lot_no, points in drawn)
        stored.append(
            StoredTransfer(member_id=one.sender_id, book=one.book, transfer=_departed(tx, one), parcels=parcels)
        )
        tx.emit(
            TransferSent(
                member_id=one.sender_id, occurred_at=tx.now, transfer_id=one.transfer_id, purpose=one.purpose,
                book=one.book.code, points=one.points, receiver_id=one.receiver_id, fee=one.fee,
            )
        )  # fmt: skip
    await store.insert_transfers(tx, stored, [one.rule_version for one in outgoing])
    return [one.transfer for one in stored]


async def deliver(tx: Transaction, sent: Sequence[TransferSent]) -> None:
    """Credit the receivers who may receive; what the others were sent is rejected. Called once for each event."""
    welcome = await _welcome(tx, sent)
    accepted = [event for event in sent if event.transfer_id in welcome]
    books = {event.book: await find_book(tx, event.book) for event in sent}
    of_lots, of_sums = (
        [(event.member_id, event.transfer_id) for event in accepted if books[event.book].has_lots is has_lots]
        for has_lots in (True, False)
    )
    parcels, days = await store.load_parcels(tx, of_lots), await store.load_days(tx, of_sums)
    commands: list[Command] = []
    for event in accepted:
        key, book = (event.member_id, event.transfer_id), books[event.book]
        if book.has_lots:
            commands.append(_credit(event, event.receiver_id, book, "in", parcels[key]))
        else:
            commands += _counted(event, book, days[key])
    await post(tx, commands)
    arrived = [_arrived(tx, event, books[event.book]) for event in accepted]
    await store.insert_transfers(tx, arrived, [None] * len(arrived))
    contributions = [event for event in accepted if event.purpose == CONTRIBUTION]
    await pool_store.add_contributed(tx, [(e.receiver_id, e.member_id, e.points) for e in contributions])
    for event in sent:
        answer = TransferReceived if event.transfer_id in welcome else TransferRejected
        tx.emit(
            answer(
                member_id=event.receiver_id, occurred_at=event.occurred_at, transfer_id=event.transfer_id,
                purpose=event.purpose, book=event.book, points=event.points, sender_id=event.member_id,
            )
        )  # fmt: skip


async def _welcome(tx: Transaction, sent: Sequence[TransferSent]) -> Collection[UUID]:
    """The transfers whose receivers may have them: members who may earn, open pools whom their own send to; all that
    is merged."""
    to_pools = [event for event in sent if event.purpose == CONTRIBUTION]
    to_members = [event for event in sent if event.purpose not in {CONTRIBUTION, *MERGES}]
    able = await members.able(tx, list({event.receiver_id for event in to_members}), Ability.EARN)
    pools = await pool_store.lock_pools(tx, {event.receiver_id for event in to_pools})
    joined = await pool_store.joined(tx, [(event.receiver_id, event.member_id) for event in to_pools])
    welcome = {event.transfer_id for event in to_members if event.receiver_id in able}
    # Who merges has frozen both, and whether they may be merged was decided before anything left.
    welcome |= {event.transfer_id for event in sent if event.purpose in MERGES}
    for event in to_pools:
        pool = pools.get(event.receiver_id)
        if pool and pool.state == "open" and (event.receiver_id, event.member_id) in joined:
            welcome.add(event.transfer_id)
    return welcome


async def confirm(tx: Transaction, received: Sequence[TransferReceived]) -> None:
    """Tell the senders that it arrived."""
    await store.finish_transfers(tx, [(event.sender_id, event.transfer_id) for event in received], "received")


async def give_back(tx: Transaction, rejected: Sequence[TransferRejected]) -> None:
    """Give what was rejected back to its senders, with the days it had, and the fee into the lots it came from."""
    keys = [(event.sender_id, event.transfer_id) for event in rejected]
    parcels = await store.load_parcels(tx, keys)
    commands: list[Command] = []
    for event, key in zip(rejected, keys, strict=True):
        book = await find_book(tx, event.book)
        commands.append(_credit(event, event.sender_id, book, "back", parcels[key]))
        transfer = await store.find_transfer(tx, *key)
        fee = transfer.fee if transfer else 0
        if fee:
            commands.append(
                Return(
                    member_id=event.sender_id, book=book, points=fee, origin_key=transit_key(event.transfer_id, "fee"),
                    source=_source(event, "fee_back", FEE), min_days=0,
                )
            )  # fmt: skip
        tx.emit(
            TransferReturned(
                member_id=event.sender_id, occurred_at=event.occurred_at, transfer_id=event.transfer_id,
                purpose=event.purpose, book=event.book, points=event.points, receiver_id=event.member_id, fee=fee,
            )
        )  # fmt: skip
    await post(tx, commands)
    await store.finish_transfers(tx, keys, "returned")


def transit_key(transfer_id: UUID, step: str) -> str:
    return f"transfer:{transfer_id}:{step}"


def _debit(tx: Transaction, one: Outgoing, step: str, points: int, counter_account: str) -> Spend:
    source = Source(
        key=transit_key(one.transfer_id, step),
        cause=one.purpose if step == "out" else "transfer_fee",
        counter_account=counter_account,
        occurred_at=tx.now,
        rule=one.rule,
        rule_version=one.rule_version,
    )
    return Spend(
        member_id=one.sender_id, book=one.book, points=points, source=source,
        kind="transfer_out" if step == "out" else "spend",
    )  # fmt: skip


def _credit(
    event: TransferSent | TransferRejected, owner: UUID, book: Book, step: str, parcels: tuple[Parcel, ...]
) -> Receive | ClawBack:
    source = _source(event, step, IN_TRANSIT)
    if event.points < 0:
        return ClawBack(
            member_id=owner, book=book, points=-event.points, origin_key=None, source=source, kind="merged_in"
        )
    kind: Literal["merged_in", "transfer_in"] = "merged_in" if event.purpose in MERGES else "transfer_in"
    return Receive(member_id=owner, book=book, parcels=parcels, source=source, kind=kind)


def _counted(event: TransferSent, book: Book, days: Sequence[Counting]) -> Iterator[Receive | ClawBack]:
    """What is only added up comes day by day, so that each goes on counting from where it did."""
    for number, one in enumerate(days):
        source = replace(
            _source(event, "in", IN_TRANSIT), key=f"{transit_key(event.transfer_id, 'in')}:{number}",
            occurred_at=one.since,
        )  # fmt: skip
        if one.points > 0:
            parcel = Parcel(one.points, NEVER)
            yield Receive(member_id=event.receiver_id, book=book, parcels=(parcel,), source=source, kind="merged_in")
        else:
            yield ClawBack(
                member_id=event.receiver_id, book=book, points=-one.points, origin_key=None, source=source,
                kind="merged_in",
            )  # fmt: skip


def _source(event: TransferSent | TransferRejected, step: str, counter_account: str) -> Source:
    return Source(
        key=transit_key(event.transfer_id, step),
        cause=event.purpose if step == "in" else "transfer_returned",
        counter_account=counter_account,
        occurred_at=event.occurred_at,
    )


def _departed(tx: Transaction, one: Outgoing) -> Transfer:
    return Transfer(
        transfer_id=one.transfer_id, direction="out", purpose=one.purpose, other_id=one.receiver_id,
        points=one.points, fee=one.fee, state="on_the_way", created_at=tx.now, finished_at=None,
    )  # fmt: skip


def _arrived(tx: Transaction, event: TransferSent, book: Book) -> StoredTransfer:
    transfer = Transfer(
        transfer_id=event.transfer_id, direction="in", purpose=event.purpose,  # type: ignore[arg-type]
        other_id=event.member_id, points=event.points, fee=0, state="received", created_at=event.occurred_at,
        finished_at=tx.now,
    )  # fmt: skip
    return StoredTransfer(member_id=event.receiver_id, book=book, transfer=transfer, parcels=())
