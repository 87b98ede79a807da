"""What may be done with a grant in which state, and where that leads."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from huixiang.grants.model import GrantStateFixed, State

Verb = Literal["request", "approve", "refuse", "pause", "resume", "stop", "undo", "approve_undo"]

# What is not named here is refused. Resuming what runs starts its chain of jobs anew, where one has been held.
VERBS: Mapping[Verb, Mapping[State, State]] = {
    "request": {"draft": "waiting", "refused": "waiting"},
    "approve": {"waiting": "running"},
    "refuse": {"waiting": "refused"},
    "pause": {"running": "paused"},
    "resume": {"paused": "running", "running": "running", "stopping": "stopping", "undoing": "undoing"},
    "stop": {"running": "stopping", "paused": "stopping"},
    "undo": {"done": "undo_waiting", "stopped": "undo_waiting"},
    "approve_undo": {"undo_waiting": "undoing"},
}
IN_WORK: frozenset[State] = frozenset({"running", "stopping", "undoing"})


def led_to(state: State, verb: Verb) -> State:
    """Raises GrantStateFixed."""
    after = VERBS[verb].get(state)
    if after is None:
        raise GrantStateFixed(state=state, verb=verb)
    return after
