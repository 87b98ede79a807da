"""What each state of a member may do, and which state may follow which."""

from __future__ import annotations

from collections.abc import Mapping

from huixiang.members.model import Ability, State
from huixiang.members.model.states import StateFixed

# What each state may do. What is not named here is refused. A minor is one whose guardian has consented. Who is being
# merged reads and earns on; nothing of theirs is spent, for it is on its way.
STATES: Mapping[State, frozenset[Ability]] = {
    State.ACTIVE: frozenset(Ability),
    State.MINOR: frozenset({Ability.SIGN_IN, Ability.EARN, Ability.SPEND, Ability.BE_LOOKED_UP}),
    State.BLOCKED: frozenset({Ability.BE_LOOKED_UP}),
    State.CLOSED: frozenset(),
    State.DECEASED: frozenset(),
    State.MERGING: frozenset({Ability.SIGN_IN, Ability.EARN, Ability.BE_LOOKED_UP}),
    State.MERGED: frozenset(),
}

# Which state may follow which by a command. A membership that was closed stays closed: whoever comes back registers. A
# death that was declared can be revoked, by a person alone (`BY_STAFF`). Merges have commands of their own.
TRANSITIONS: Mapping[State, frozenset[State]] = {
    State.ACTIVE: frozenset({State.MINOR, State.BLOCKED, State.CLOSED, State.DECEASED}),
    State.MINOR: frozenset({State.ACTIVE, State.BLOCKED, State.CLOSED, State.DECEASED}),
    State.BLOCKED: frozenset({State.ACTIVE, State.MINOR, State.CLOSED, State.DECEASED}),
    State.CLOSED: frozenset(),
    State.DECEASED: frozenset({State.ACTIVE, State.MINOR, State.BLOCKED}),
    State.MERGING: frozenset(),
    State.MERGED: frozenset(),
}
BY_STAFF = frozenset({State.DECEASED})
# Out of these a member comes back to where they were: unblocking makes no adult of a minor.
PARENTHESES = frozenset({State.BLOCKED, State.DECEASED})


def may(state: State, ability: Ability) -> bool:
    return ability in STATES[state]


def states_that(ability: Ability) -> list[State]:
    return [state for state, abilities in STATES.items() if ability in abilities]


def choices(before: State, came_from: State | None) -> list[State]:
    """What staff may bring a member into. came_from: as in `check_change`."""
    return [after for after in State if _allowed(before, after, came_from, by_staff=True)]


def check_change(before: State, after: State, came_from: State | None, *, by_staff: bool) -> None:
    """Raises StateFixed. came_from: the state in which the member was before they came into this one, where known."""
    if not _allowed(before, after, came_from, by_staff=by_staff):
        raise StateFixed(from_state=before, to_state=after)


def _allowed(before: State, after: State, came_from: State | None, *, by_staff: bool) -> bool:
    allowed = after in TRANSITIONS[before] and (by_staff or before not in BY_STAFF)
    returns = before in PARENTHESES and after in {State.ACTIVE, State.MINOR, State.BLOCKED}
    return allowed and not (returns and came_from is not None and after != came_from)
