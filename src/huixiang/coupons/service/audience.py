"""Whether a condition holds for one member, asked of the database as it would be of all."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from uuid import UUID

from huixiang.conditions import sql
from huixiang.conditions.check import check
from huixiang.conditions.model import Condition
from huixiang.conditions.registry import Registry
from huixiang.coupons.store import issuing as store
from huixiang.kernel.errors import InvariantBroken, Problem
from huixiang.platform.db import Transaction

LoadRegistry = Callable[[Transaction], Awaitable[Registry]]
_load_registry: list[LoadRegistry] = []


def use_registry(load: LoadRegistry) -> None:
    """Say where the attributes come from that conditions may ask for. Called where the program is wired."""
    _load_registry[:] = [load]


async def load_registry(tx: Transaction) -> Registry:
    """The attributes that conditions may ask for, with those that operators have defined by now."""
    if not _load_registry:
        raise InvariantBroken("nobody has said where the attributes of conditions come from")
    return await _load_registry[0](tx)


async def problems_of_audience(tx: Transaction, asked: Condition) -> list[Problem]:
    """What is wrong with whom a claim asks for."""
    registry = await load_registry(tx)
    wrong = [*check(asked, registry), *sql.refusals(asked, registry)]
    return [Problem(f"$.claim.audience{one.path[1:]}", one.problem) for one in wrong]


async def holds_for(tx: Transaction, member_id: UUID, condition: Condition) -> bool:
    registry = await load_registry(tx)
    query = sql.compile(condition, registry, now=tx.now, calendar=tx.calendar, first_parameter=2)
    return await store.holds_for(tx, member_id, query)
