"""Delivery slots: resources of stock that the shop defines, of which an order takes a place."""

from __future__ import annotations

from huixiang.kernel.errors import InvalidInput, Problem
from huixiang.stock.model import Kind, Lack, Wanted

PATH = "$.slot"


def wanted_of(slot: str, store: str | None) -> Wanted:
    """One place of a slot, whose key begins with its store. store: the quote's; None where it names none. Raises
    InvalidInput for another store's."""
    if store is not None and not slot.startswith(f"{store}/"):
        raise InvalidInput(path=PATH, problem=f"expected a slot of {store}, which begins with {store}/")
    return Wanted(kind=Kind.SLOT, key=slot, amount=1)


def problem_of(slot: str, lack: Lack) -> Problem:
    """Why there is no place in it."""
    match lack.why:
        case "unknown":
            return Problem(PATH, f"there is no slot {slot}; choose another")
        case "not_open" if lack.instant is not None:
            return Problem(PATH, f"{slot} can be chosen from {lack.instant.isoformat()} on")
        case "closed" if lack.instant is not None:
            return Problem(PATH, f"{slot} closed at {lack.instant.isoformat()}; choose another")
        case "held":
            return Problem(PATH, f"the member has a place in {slot}, and may have no more")
        case _:
            return Problem(PATH, f"{slot} is full; choose another")
