"""Which command may follow which state of a placed order, and what state it leads to: the table of
docs/domain/checkout.md."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from huixiang.checkout.model.placing import PlacedState

Act = Literal["pay", "fulfil", "complete", "cancel"]

_PLACED, _FULFILLED, _COMPLETED, _CANCELLED = PlacedState

# A command that leads to where the order is already answers as before and changes nothing.
MOVES: Mapping[Act, Mapping[PlacedState, PlacedState]] = {
    "pay": {_PLACED: _PLACED, _FULFILLED: _FULFILLED, _COMPLETED: _COMPLETED},
    "fulfil": {_PLACED: _FULFILLED},
    "complete": {_PLACED: _COMPLETED, _FULFILLED: _COMPLETED, _COMPLETED: _COMPLETED},
    "cancel": {_PLACED: _CANCELLED, _FULFILLED: _CANCELLED, _CANCELLED: _CANCELLED},
}
OPEN = frozenset({_PLACED, _FULFILLED})


def may(act: Act, state: PlacedState) -> bool:
    return state in MOVES[act]
