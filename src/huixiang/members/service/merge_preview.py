"""What a merge would bring together, told before it is begun (MEM-02). The modules above say what they keep."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from huixiang.members.model import MemberRef
from huixiang.members.model.merging import Held, Holding, MergePreview, MergeWithSelf
from huixiang.members.ports import Counter
from huixiang.members.rules import merging as rules
from huixiang.members.service.look_up import resolve
from huixiang.members.store import attributes as attribute_store
from huixiang.members.store import states as state_store
from huixiang.platform.db import Transaction

# A consent is given for one's own id, to a text that was shown there: the one who stays is asked, not assumed.
CONSENTS = "consents"
_counters: dict[str, Counter] = {}


def use_counters(counters: Mapping[str, Counter]) -> None:
    """What goes with a member who is merged, by kind, in the order in which it is told. Called once by each process
    before it serves."""
    _counters.clear()
    _counters.update(counters)


def counter(kind: str) -> Counter:
    """Who counts one kind."""
    return _counters[kind]


async def preview(tx: Transaction, member_id: UUID, into: UUID) -> MergePreview:
    """Raises MemberUnknown, MergeWithSelf, MergeNotPossible."""
    gone, kept = await resolve(tx, MemberRef(member_id=member_id)), await resolve(tx, MemberRef(member_id=into))
    if gone == kept:
        raise MergeWithSelf
    states = await state_store.states_of(tx, [gone, kept])
    rules.check_mergeable(states[gone], states[kept])
    counted = {kind: await count(tx, [gone, kept]) for kind, count in _counters.items()}
    holdings = [_holding(kind, found, gone, kept, moves=True) for kind, found in counted.items()]
    consents = await attribute_store.count_consents(tx, [gone, kept])
    holdings.append(_holding(CONSENTS, consents, gone, kept, moves=False))
    return MergePreview(member_id=gone, into_id=kept, holdings=holdings)


def _holding(kind: str, found: Mapping[UUID, Held], gone: UUID, kept: UUID, *, moves: bool) -> Holding:
    return Holding(kind=kind, moves=moves, gone=found.get(gone, Held()), kept=found.get(kept, Held()))
