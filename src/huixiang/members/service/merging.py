"""Merging two members who are one person, and undoing it (MEM-02).

Both are frozen, and the one who goes goes by the other's id at once: orders and gifts that name them go to the one who
stays. The ledger moves first, then every other module that keeps rows of members, each in a step of its own that it
acknowledges here. With the last one the merge is done.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from msgspec.structs import replace

from huixiang.kernel.ids import new_id
from huixiang.members.events import (
    Merged,
    MergeStarted,
    MergeStepped,
    Unmerged,
    UnmergeStarted,
    UnmergeStepped,
)
from huixiang.members.model import MemberRef, MemberUnknown, State
from huixiang.members.model.merging import Merge, MergeUnknown, MergeWithSelf, NewMerge, StoredMerge
from huixiang.members.rules import merging as rules
from huixiang.members.service.look_up import resolve
from huixiang.members.service.states import announce, sign_out_of_states
from huixiang.members.store import merging as store
from huixiang.members.store import states as state_store
from huixiang.platform.db import Transaction
from huixiang.staff import service as staff
from huixiang.staff.model import AuditEntry


async def start(tx: Transaction, member_id: UUID, new: NewMerge, by: str) -> Merge:
    """Begin to merge a member into another. by: `staff:<id>` or `key:<id>`.

    Raises MemberUnknown, MergeWithSelf, MergeNotPossible for a state that is not active, minor or blocked: whoever is
    being merged is not merged again meanwhile.
    """
    gone, into = await resolve(tx, MemberRef(member_id=member_id)), await resolve(tx, new.into)
    if gone == into:
        raise MergeWithSelf
    found = await state_store.lock_members(tx, [gone, into])
    (from_state, _), (into_state, _) = found[gone], found[into]
    rules.check_mergeable(from_state, into_state)
    merge = StoredMerge(
        shown=Merge(
            member_id=gone,
            merge_id=new_id(),
            into_id=into,
            state="moving",
            waits=(rules.LEDGER, *rules.OTHERS),
            reason=new.reason,
            started_by=by,
            refusal=None,
            started_at=tx.now,
            done_at=None,
            undone_at=None,
        ),
        from_state=from_state,
        into_state=into_state,
        now_state=rules.together(from_state, into_state),
        parts=(),
    )
    await store.insert_merge(tx, merge)
    await store.join_aliases(tx, gone, into)
    await _into_states(tx, merge, (from_state, State.MERGING), (into_state, State.MERGING))
    tx.emit(MergeStarted(member_id=gone, occurred_at=tx.now, merge_id=merge.shown.merge_id, into_id=into))
    await _audit(tx, merge.shown, "member.merge_started", by, new.reason)
    return merge.shown


async def undo(tx: Transaction, member_id: UUID, merge_id: UUID, reason: str, by: str) -> Merge:
    """Begin to undo a merge, within a day. The ledger refuses it where something that was moved is spent.

    Raises MergeUnknown, MergeNotDone, MergeCovered, MergeNotPossible, UnmergeTooLate.
    """
    merge = await _locked(tx, member_id, merge_id)
    into_id = merge.shown.into_id
    state, merged_into = (await state_store.lock_members(tx, [into_id]))[into_id]
    rules.check_undoing(merge, state, merged_into, tx.now)
    waits = (rules.LEDGER, *rules.OTHERS)
    undoing = replace(merge, now_state=state, shown=replace(merge.shown, state="undoing", waits=waits, refusal=None))
    await store.save_merge(tx, undoing)
    await _into_states(tx, undoing, (State.MERGED, State.MERGING), (state, State.MERGING))
    tx.emit(UnmergeStarted(member_id=into_id, occurred_at=tx.now, merge_id=merge_id, from_id=member_id))
    await _audit(tx, undoing.shown, "member.unmerge_started", by, reason)
    return undoing.shown


async def read(tx: Transaction, member_id: UUID, merge_id: UUID) -> Merge:
    """Raises MergeUnknown."""
    merge = await store.find_merge(tx, member_id, merge_id)
    if merge is None:
        raise MergeUnknown(merge_id=merge_id)
    return merge.shown


async def merges_of(tx: Transaction, member_id: UUID) -> list[Merge]:
    """Every merge that a member went or stayed in."""
    states = ("moving", "done", "refused", "undoing", "undone")
    return [merge.shown for merge in await store.merges_of(tx, [member_id], states)]


async def under_way(tx: Transaction, member_ids: Sequence[UUID]) -> list[StoredMerge]:
    """The merges of these members that wait for the ledger."""
    found = await store.merges_of(tx, member_ids, ("moving", "undoing"))
    return [merge for merge in found if rules.LEDGER in merge.shown.waits]


async def done_of(tx: Transaction, member_id: UUID) -> StoredMerge | None:
    """The merge by which a member went, which nobody is undoing."""
    found = await store.merges_of(tx, [member_id], ("done",))
    return next((merge for merge in found if merge.shown.member_id == member_id), None)


async def note_part(tx: Transaction, merge: StoredMerge, part: UUID) -> None:
    """Note under which id the ledger moved what came to the old id later, so that undoing the merge undoes that too."""
    held = await _locked(tx, merge.shown.member_id, merge.shown.merge_id)
    await store.save_merge(tx, replace(held, parts=(*held.parts, part)))


async def acknowledge(tx: Transaction, member_id: UUID, merge_id: UUID, module: str) -> None:
    """A module has moved what it keeps, or moved it back. The same again changes nothing."""
    merge = await _locked(tx, member_id, merge_id)
    if module not in merge.shown.waits:
        return
    waits = tuple(one for one in merge.shown.waits if one != module)
    merge = replace(merge, shown=replace(merge.shown, waits=waits))
    if not waits:
        await _finish(tx, merge)
        return
    await store.save_merge(tx, merge)
    if module == rules.LEDGER:
        _step(tx, merge.shown)


async def refuse(tx: Transaction, member_id: UUID, merge_id: UUID, why: str) -> None:
    """The ledger cannot move, or cannot move back; nothing was. Both are what they were."""
    merge = await _locked(tx, member_id, merge_id)
    shown = replace(merge.shown, waits=(), refusal=why)
    if shown.state == "undoing":
        await store.save_merge(tx, replace(merge, shown=replace(shown, state="done")))
        await _into_states(tx, merge, (State.MERGING, State.MERGED), (State.MERGING, merge.now_state))
    else:
        await store.save_merge(tx, replace(merge, shown=replace(shown, state="refused")))
        await store.part_aliases(tx, member_id)
        await _into_states(tx, merge, (State.MERGING, merge.from_state), (State.MERGING, merge.into_state))


async def _finish(tx: Transaction, merge: StoredMerge) -> None:
    shown = merge.shown
    if shown.state == "moving":
        await store.save_merge(tx, replace(merge, shown=replace(shown, state="done", done_at=tx.now)))
        await _into_states(tx, merge, (State.MERGING, State.MERGED), (State.MERGING, merge.now_state))
        tx.emit(Merged(member_id=shown.member_id, occurred_at=tx.now, merge_id=shown.merge_id, into_id=shown.into_id))
        return
    await store.save_merge(tx, replace(merge, shown=replace(shown, state="undone", undone_at=tx.now)))
    await store.part_aliases(tx, shown.member_id)
    from_state, into_state = rules.apart(merge)
    await _into_states(tx, merge, (State.MERGING, from_state), (State.MERGING, into_state))
    tx.emit(Unmerged(member_id=shown.member_id, occurred_at=tx.now, merge_id=shown.merge_id, into_id=shown.into_id))


def _step(tx: Transaction, merge: Merge) -> None:
    if merge.state == "moving":
        tx.emit(
            MergeStepped(member_id=merge.member_id, occurred_at=tx.now, merge_id=merge.merge_id, into_id=merge.into_id)
        )
    else:
        tx.emit(
            UnmergeStepped(
                member_id=merge.into_id, occurred_at=tx.now, merge_id=merge.merge_id, from_id=merge.member_id
            )
        )


async def _locked(tx: Transaction, member_id: UUID, merge_id: UUID) -> StoredMerge:
    """The merge, with both its members locked. Whoever changes a merge holds them. Raises MergeUnknown."""
    found = await store.find_merge(tx, member_id, merge_id)
    if found is None:
        raise MergeUnknown(merge_id=merge_id)
    await state_store.lock_members(tx, [member_id, found.shown.into_id])
    held = await store.find_merge(tx, member_id, merge_id)
    if held is None:
        raise MemberUnknown(by="member_id")
    return held


async def _into_states(
    tx: Transaction, merge: StoredMerge, of_gone: tuple[State, State], of_into: tuple[State, State]
) -> None:
    changes = {merge.shown.member_id: of_gone, merge.shown.into_id: of_into}
    await state_store.change_states(tx, changes, reason=merge.shown.reason, by=f"merge:{merge.shown.merge_id}")
    await sign_out_of_states(tx, {member_id: after for member_id, (_, after) in changes.items()})
    for member_id, (before, after) in changes.items():
        announce(tx, member_id, before, after)


async def _audit(tx: Transaction, merge: Merge, action: str, by: str, reason: str) -> None:
    await staff.record(
        tx,
        AuditEntry(
            actor=by,
            action=action,
            subject=f"merge:{merge.merge_id}",
            member_id=merge.member_id,
            after={"into": str(merge.into_id), "state": merge.state},
            reason=reason,
        ),
    )
