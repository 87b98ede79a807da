"""What is asked and what is refused, without a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from huixiang.kernel.errors import InvalidInput, InvariantBroken, Problem
from huixiang.stock.model import (
    AlreadyHeld,
    Definition,
    Kind,
    Lack,
    ResourceDerived,
    ResourceFixed,
    ResourceRow,
    ResourceUnknown,
    Standing,
    StockClosed,
    StockExhausted,
    StockNotOpen,
    StockRefusal,
    TicketConflict,
    TicketFreed,
    TicketTooSmall,
    Wanted,
)

# What is wrong with the request comes before what is wrong with the moment, and that before what others took.
_REFUSALS: Mapping[str, type[StockRefusal]] = {
    "unknown": ResourceUnknown,
    "fixed": ResourceFixed,
    "conflict": TicketConflict,
    "freed": TicketFreed,
    "too_much": TicketTooSmall,
    "not_open": StockNotOpen,
    "closed": StockClosed,
    "held": AlreadyHeld,
    "exhausted": StockExhausted,
}
_ORDER = list(_REFUSALS)
Named = Mapping[UUID, tuple[Kind, str]]


def combined(wanted: Sequence[Wanted]) -> list[Wanted]:
    """In the order of ids, each resource once: who names one twice wants the sum. The newest definition counts."""
    by_id: dict[UUID, Wanted] = {}
    for one in wanted:
        before = by_id.get(one.resource_id)
        if before is not None:
            known = [each for each in (before.definition, one.definition) if each is not None]
            newest = max(known, key=lambda each: each.version, default=None)
            one = msgspec.structs.replace(one, amount=before.amount + one.amount, definition=newest)  # noqa: PLW2901
        by_id[one.resource_id] = one
    return sorted(by_id.values(), key=lambda one: one.resource_id)


def check_period(definition: Definition) -> None:
    """Raise InvalidInput where a resource closes before it opens."""
    if definition.opens_at and definition.closes_at and definition.closes_at <= definition.opens_at:
        raise InvalidInput(path="$.closes_at", problem="must be after opens_at")


def check_row(row: ResourceRow) -> None:
    """Raise ResourceDerived where rules define what is of this kind, InvalidInput where it closes before it opens."""
    if row.kind is not Kind.SLOT:
        derived = ResourceDerived(kind=row.kind.value, key=row.key)
        derived.problems = (Problem("$.kind", "only a slot is defined here"),)
        raise derived
    check_period(row)


def refusal(lacks: Sequence[Lack], named: Named) -> StockRefusal:
    """The refusal that comes first of those that apply; it tells of every resource that lacks."""
    first = min(lacks, key=lambda lack: _ORDER.index(lack.why))
    made = _REFUSALS[first.why](**_fields(first, named))
    made.lacks = tuple(lacks)
    made.problems = [_problem(lack, named) for lack in lacks] if len(lacks) > 1 else ()
    return made


def exhausted(wanted: Sequence[Wanted], left: Mapping[UUID, int]) -> list[Lack]:
    """What lacks, going by what is known to be left; nothing is known of the others."""
    return [
        Lack(resource_id=one.resource_id, why="exhausted", wanted=one.amount, left=left[one.resource_id])
        for one in wanted
        if one.resource_id in left and left[one.resource_id] < one.amount
    ]


def room(stands: Standing | None, definition: Definition) -> int:
    """What there is for who takes next: a newer definition comes with the taking, and of what nobody has taken all is
    there."""
    if stands is None:
        return definition.capacity
    return stands.left + (definition.capacity - stands.capacity if definition.version > stands.version else 0)


def _fields(lack: Lack, named: Named) -> dict[str, Any]:
    if lack.resource_id not in named:
        raise InvariantBroken(f"a resource was refused that nobody asked for: {lack.resource_id}")
    kind, key = named[lack.resource_id]
    if lack.why == "unknown":
        return {"resource": f"{kind} {key}"}
    fields: dict[str, Any] = {"kind": kind.value, "key": key}
    if lack.why in {"exhausted", "held", "too_much"}:
        fields |= {"wanted": lack.wanted, "left": lack.left}
    if lack.why in {"not_open", "closed"}:
        fields["instant"] = lack.instant
    return fields


def _problem(lack: Lack, named: Named) -> Problem:
    kind, key = named[lack.resource_id]
    return Problem(f"{kind} {key}", _REFUSALS[lack.why](**_fields(lack, named)).message("en"))
