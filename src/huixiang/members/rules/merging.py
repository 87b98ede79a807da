"""Decisions on merges: who may be merged, what the two may do together, and until when it can be undone."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from huixiang.members.model import State
from huixiang.members.model.merging import MergeCovered, MergeNotDone, MergeNotPossible, StoredMerge, UnmergeTooLate

# Who has rows to move, beside members. The ledger is asked first: it alone may refuse, and then nothing was moved.
LEDGER = "points"
OTHERS = ("benefits", "checkout", "coupons", "habits", "plans")

UNDONE_WITHIN = timedelta(days=1)
# From the freest to the strictest: of two, the stricter one holds for both.
_STRICTNESS = (State.ACTIVE, State.MINOR, State.BLOCKED)


def check_mergeable(*states: State) -> None:
    """Raises MergeNotPossible."""
    for state in states:
        if state not in _STRICTNESS:
            raise MergeNotPossible(state=state)


def together(one: State, other: State) -> State:
    """A merge unblocks nobody, and makes no adult of a minor."""
    return max(one, other, key=_STRICTNESS.index)


def apart(merge: StoredMerge) -> tuple[State, State]:
    """The states of the one who went and of the one who stayed, when they are two again. What was decided of the two as
    one stays with both."""
    if merge.now_state is together(merge.from_state, merge.into_state):
        return merge.from_state, merge.into_state
    return merge.now_state, merge.now_state


def check_undoing(merge: StoredMerge, into_state: State, into_merged: UUID | None, now: datetime) -> None:
    """Raises MergeNotDone, MergeCovered, MergeNotPossible, UnmergeTooLate."""
    if merge.shown.state != "done" or merge.shown.done_at is None:
        raise MergeNotDone(state=merge.shown.state)
    if into_merged is not None:
        raise MergeCovered(member_id=into_merged)
    check_mergeable(into_state)
    until = merge.shown.done_at + UNDONE_WITHIN
    if now > until:
        raise UnmergeTooLate(until=until)
