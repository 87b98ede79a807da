"""Changing members' states (MEM-14), and what states allow at the doors that give or take something."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from huixiang.kernel.page import Page, decode_cursor, encode_cursor
from huixiang.members import store as member_store
from huixiang.members.events import StateChanged
from huixiang.members.model import Ability, MemberCard, MemberUnknown, State, StateRefuses
from huixiang.members.model.states import MemberMerged, NewState, StateAbilities, StateChange, StateChoices
from huixiang.members.rules import states as rules
from huixiang.members.service.cards import card
from huixiang.members.store import sessions as session_store
from huixiang.members.store import states as store
from huixiang.platform.db import Transaction
from huixiang.staff import service as staff
from huixiang.staff.model import AuditEntry


async def change_state(tx: Transaction, member_id: UUID, new: NewState, by: str) -> MemberCard:
    """Bring a member into another state; the one they are in already changes nothing. by: `staff:<id>` or `key:<id>`.

    Raises MemberUnknown, StateFixed for a change that `rules.states` does not allow.
    """
    found = (await store.lock_members(tx, [member_id])).get(member_id)
    if found is None:
        raise MemberUnknown(by="member_id")
    before, after = found[0], State(new.state)
    if before is not after:
        came_from = await store.came_from(tx, member_id, before)
        rules.check_change(before, after, came_from, by_staff=by.startswith("staff:"))
        await store.change_states(
            tx, {member_id: (before, after)}, reason=new.reason, by=by, guardian_consent=new.guardian_consent
        )
        await sign_out_of_states(tx, {member_id: after})
        announce(tx, member_id, before, after)
        await staff.record(
            tx,
            AuditEntry(
                actor=by,
                action="member.state_changed",
                subject=f"member:{member_id}",
                member_id=member_id,
                before={"state": before},
                after={"state": after},
                reason=new.reason,
            ),
        )
    return await card(tx, member_id)


async def sign_out_of_states(tx: Transaction, states: Mapping[UUID, State]) -> None:
    """End every session of those whose new state may not be signed in."""
    for member_id, state in states.items():
        if not rules.may(state, Ability.SIGN_IN):
            await session_store.end_sessions(tx, member_id, "state")


def announce(tx: Transaction, member_id: UUID, before: State, after: State) -> None:
    if before is not after:
        tx.emit(StateChanged(member_id=member_id, occurred_at=tx.now, from_state=before, to_state=after))


async def state_changes(tx: Transaction, member_id: UUID, cursor: str | None, limit: int) -> Page[StateChange]:
    """The changes of one member's state, the latest first. Raises InvalidInput for a cursor of another list."""
    (before,) = decode_cursor(cursor, int) if cursor else (None,)
    found = await store.state_changes(tx, member_id, before, limit + 1)
    return Page(found[:limit], encode_cursor(found[limit - 1].seq) if len(found) > limit else None)


async def state_choices(tx: Transaction, member_id: UUID) -> StateChoices:
    """What staff may bring a member into, and what each state allows. Raises MemberUnknown."""
    state = (await card(tx, member_id)).state
    came_from = await store.came_from(tx, member_id, state)
    table = [StateAbilities(one, [ability for ability in Ability if rules.may(one, ability)]) for one in State]
    return StateChoices(state, rules.choices(state, came_from), table)


async def receiver(tx: Transaction, member_id: UUID) -> UUID:
    """By which id a member goes who is given something; nobody merges them until the transaction ends.

    Raises MemberUnknown, and StateRefuses where their state forbids to earn.
    """
    found = await store.share_member(tx, member_id)
    if found is not None and found[1] is not None:
        member_id = found[1]
        found = await store.share_member(tx, member_id)
    if found is None:
        raise MemberUnknown(by="member_id")
    require(*found, Ability.EARN)
    return member_id


async def share_receivers(tx: Transaction, member_ids: Sequence[UUID]) -> dict[UUID, State | None]:
    """Of many who are to be given something at once: the state that forbids it, None where none does. Nobody merges
    them or changes their state until the transaction ends; who is not known is left out."""
    found = await store.share_members(tx, member_ids)
    return {member_id: None if rules.may(state, Ability.EARN) else state for member_id, (state, _) in found.items()}


async def states_of(tx: Transaction, member_ids: Sequence[UUID]) -> dict[UUID, State]:
    """The state of each, by the very id; who is not known is left out."""
    return await store.states_of(tx, member_ids)


def states_that(ability: Ability) -> list[State]:
    return rules.states_that(ability)


async def canonical(tx: Transaction, member_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """By which id each goes now; ids of nobody are left out."""
    return await store.canonical(tx, member_ids)


async def lock_receiver(tx: Transaction, member_id: UUID, ability: Ability) -> datetime | None:
    """When a member registered who is given something, and may; None for nobody. Nobody else locks them until the
    transaction ends. Raises StateRefuses, MemberMerged."""
    found = (await store.lock_members(tx, [member_id])).get(member_id)
    if found is None:
        return None
    require(*found, ability)
    return await store.registered_at(tx, member_id)


async def look_at_receiver(tx: Transaction, member_id: UUID, ability: Ability) -> datetime | None:
    """The same without a lock, to say beforehand what they would be given. Raises StateRefuses, MemberMerged."""
    found = (await member_store.find_members(tx, [member_id])).get(member_id)
    if found is None:
        return None
    require(found.state, found.merged_into, ability)
    return found.registered_at


def require(state: State, merged_into: UUID | None, ability: Ability) -> None:
    """Raises MemberMerged, StateRefuses."""
    if state is State.MERGED and merged_into is not None:
        raise MemberMerged(member_id=merged_into)
    if not rules.may(state, ability):
        raise StateRefuses(state=state, ability=ability)
