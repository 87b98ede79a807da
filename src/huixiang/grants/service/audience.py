"""Whom a grant is for: a list looked up, or a condition asked of all members; the rows that come of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import msgspec

from huixiang.conditions import sql
from huixiang.conditions.model import Condition
from huixiang.conditions.registry import Registry
from huixiang.grants.model import ByCondition, ByList, Gift, GrantTooLarge, NewGrant, PointsGift
from huixiang.grants.rules.lists import Entry, Listed, read_list
from huixiang.grants.store import recipients as store
from huixiang.kernel.errors import InvalidInput
from huixiang.members import service as members
from huixiang.members.model import Ability, State
from huixiang.members.service import states
from huixiang.platform.db import Transaction

MEMBERS_MAX = 1_000_000
LOOKED_UP_AT_ONCE = 5_000
ALREADY_LISTED = "names a member who is listed above"
NOBODY = "names nobody"
LoadRegistry = Callable[[Transaction], Awaitable[Registry]]
_registry: list[LoadRegistry] = []


class Filled(msgspec.Struct, frozen=True):
    """Of a list: how many rows it had, how many of them name nobody, and how many members get less than it says."""

    rows: int | None = None
    rows_refused: int = 0
    cut: int = 0


def use_registry(load: LoadRegistry) -> None:
    """What conditions may ask for. Called once at start."""
    _registry[:] = [load]


async def fill(tx: Transaction, grant_id: UUID, new: NewGrant) -> Filled:
    """Write a row for each member. Raises InvalidInput, GrantTooLarge."""
    match new.audience:
        case ByList(csv=text):
            return await _fill_by_list(tx, grant_id, new, read_list(text, amounts=isinstance(new.gift, PointsGift)))
        case ByCondition(condition=condition):
            await _fill_by_condition(tx, grant_id, new, condition)
            return Filled()


def kept(new: NewGrant, filled: Filled) -> dict[str, Any]:
    """What is kept of an audience: a file is not."""
    if isinstance(new.audience, ByCondition):
        return {"kind": "condition", "condition": new.audience.condition}
    return {"kind": "list", "rows": filled.rows}


async def _fill_by_condition(tx: Transaction, grant_id: UUID, new: NewGrant, given: dict[str, Any]) -> None:
    try:
        condition = msgspec.convert(given, Condition)
    except msgspec.ValidationError as error:
        raise InvalidInput(path="$.audience.condition", problem=str(error)) from error
    registry = await _registry[0](tx)
    query = sql.compile(condition, registry, now=tx.now, calendar=tx.calendar, first_parameter=5)
    amount = _amount(new.gift, None, new.per_member)
    able = states.states_that(Ability.EARN)
    found = await store.insert_for(tx, grant_id, amount, query, able, MEMBERS_MAX + 1)
    if found > MEMBERS_MAX:
        raise GrantTooLarge(limit=MEMBERS_MAX)


async def _fill_by_list(tx: Transaction, grant_id: UUID, new: NewGrant, listed: Listed) -> Filled:
    problems = dict(listed.problems)
    able = frozenset(states.states_that(Ability.EARN))
    rows: dict[UUID, tuple[UUID, int, str | None]] = {}
    cut = 0
    for start in range(0, len(listed.entries), LOOKED_UP_AT_ONCE):
        entries = listed.entries[start : start + LOOKED_UP_AT_ONCE]
        for entry, found in zip(entries, await _find(tx, entries), strict=True):
            if found is None or found[0] in rows:
                problems[entry.line] = NOBODY if found is None else ALREADY_LISTED
                continue
            member_id, state = found
            amount = _amount(new.gift, entry.amount, new.per_member)
            cut += amount < (entry.amount or new.gift.amount)
            rows[member_id] = (member_id, amount, None if state in able else state)
    await store.insert(tx, grant_id, [rows[member_id] for member_id in sorted(rows)], problems)
    return Filled(len(listed.entries) + len(listed.problems), len(problems), cut)


async def _find(tx: Transaction, entries: list[Entry]) -> list[tuple[UUID, State] | None]:
    """Whom each names, with their state. An id is taken for what it says, also where that one was merged away."""
    meant = [entry.ref.member_id for entry in entries]
    others = [entry.ref for entry in entries if entry.ref.member_id is None]
    resolved = iter(await members.resolve_many(tx, others) if others else [])
    meant = [member_id if member_id is not None else next(resolved) for member_id in meant]
    known = await states.states_of(tx, [member_id for member_id in meant if member_id is not None])
    return [
        (member_id, known[member_id]) if member_id is not None and member_id in known else None for member_id in meant
    ]


def _amount(gift: Gift, listed: int | None, per_member: int | None) -> int:
    amount = listed or gift.amount
    return amount if per_member is None else min(amount, per_member)
