"""The ledger's part in merges of members: begun and undone as members says, acknowledged when everything has arrived;
and what comes to an old id later is brought along."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from huixiang.kernel.ids import new_id
from huixiang.members.events import MergeStarted, UnmergeStarted
from huixiang.members.model.merging import StoredMerge
from huixiang.members.service import merging as members
from huixiang.platform.db import Transaction
from huixiang.points.events import TransferReceived
from huixiang.points.model import PostingConflict
from huixiang.points.model.transfer import MergeRefused, MergeSpent, MergeUnfinished
from huixiang.points.service.merge import move_all, move_back, read_merge, read_unmerge
from huixiang.points.service.transit import MERGES
from huixiang.points.store import merges as store

MODULE = "points"


async def begin(tx: Transaction, events: Sequence[MergeStarted]) -> None:
    """Send all of those who go on its way; where something of theirs is not ended, there is no merge."""
    for event in events:
        try:
            async with tx.savepoint():
                sent = await move_all(tx, event.member_id, event.into_id, merge_id=event.merge_id)
        except MergeRefused as refusal:
            await members.refuse(tx, event.member_id, event.merge_id, f"{refusal.code}: {refusal.fields['open']}")
            continue
        if not sent:
            await members.acknowledge(tx, event.member_id, event.merge_id, MODULE)


async def take_back(tx: Transaction, events: Sequence[UnmergeStarted]) -> None:
    """Send back all that merges brought, then or later; where anything of it was used, they stay."""
    for event in events:
        merge = await _merge(tx, event.from_id, event.merge_id)
        if merge is None:
            continue
        sent = 0
        try:
            async with tx.savepoint():
                for part in _parts(merge):
                    if await read_merge(tx, event.from_id, part):
                        sent += len(await move_back(tx, event.member_id, event.from_id, merge_id=part))
        except (MergeSpent, MergeUnfinished) as refusal:
            await members.refuse(tx, event.from_id, event.merge_id, refusal.code)
            continue
        if not sent:
            await members.acknowledge(tx, event.from_id, event.merge_id, MODULE)


async def arrived(tx: Transaction, received: Sequence[TransferReceived]) -> None:
    """Acknowledge the merges, and the undone ones, of which everything has arrived. Their senders have been told."""
    senders = {event.sender_id for event in received if event.purpose in MERGES}
    for merge in await members.under_way(tx, sorted(senders)) if senders else ():
        shown = merge.shown
        if shown.state == "moving":
            moves = await read_merge(tx, shown.member_id, shown.merge_id)
        else:
            moves = [one for part in _parts(merge) for one in await read_unmerge(tx, shown.into_id, part)]
        if moves and all(one.state == "received" for one in moves):
            await members.acknowledge(tx, shown.member_id, shown.merge_id, MODULE)


async def bring_along(tx: Transaction, limit: int) -> int:
    """Move what came to the accounts of members who were merged, as by an order that was on its way, of at most so
    many; of how many there was something."""
    left = await store.left_behind(tx, limit)
    for member_id in left:
        merge = await members.done_of(tx, member_id)
        if merge is None:
            continue
        part = new_id()
        try:
            async with tx.savepoint():
                sent = await move_all(tx, member_id, merge.shown.into_id, merge_id=part)
        except (MergeRefused, PostingConflict):
            continue  # until it is ended
        if sent:
            await members.note_part(tx, merge, part)
    return len(left)


def _parts(merge: StoredMerge) -> list[UUID]:
    """Under which ids there were moves, the last one first."""
    return [*reversed(merge.parts), merge.shown.merge_id]


async def _merge(tx: Transaction, member_id: UUID, merge_id: UUID) -> StoredMerge | None:
    found = await members.under_way(tx, [member_id])
    return next((merge for merge in found if merge.shown.merge_id == merge_id), None)
