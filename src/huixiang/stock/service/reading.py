"""What there is, what is left, who has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from huixiang.kernel.page import Page, decode_cursor, page_of
from huixiang.platform.db import Transaction
from huixiang.stock import rules
from huixiang.stock.model import (
    Kind,
    Resource,
    ResourceLine,
    ResourceUnknown,
    StockRefusal,
    Ticket,
    Wanted,
    resource_id,
)
from huixiang.stock.store import definitions, tickets


async def left(tx: Transaction, resources: Sequence[tuple[Kind, str]]) -> Mapping[tuple[Kind, str], int]:
    """What is left of each resource that is there; one statement. By the time that it is read it may be less."""
    found = await definitions.left(tx, [resource_id(*one) for one in resources])
    return {one: found[resource_id(*one)] for one in resources if resource_id(*one) in found}


async def lacking(tx: Transaction, wanted: Sequence[Wanted]) -> StockRefusal | None:
    """The refusal of who would take this now, going by what is left; nothing is taken. None where a resource is not
    there yet, or the newer definition that is wanted would make it another."""
    named = {one.resource_id: (one.kind, one.key) for one in wanted}
    known = await definitions.standing(tx, list(named))
    lasting = [
        one
        for one in wanted
        if one.resource_id in known
        and (one.definition is None or one.definition.version <= known[one.resource_id].version)
    ]
    lacks = rules.exhausted(lasting, {resource: stands.left for resource, stands in known.items()})
    return rules.refusal(lacks, named) if lacks else None


async def room(tx: Transaction, wanted: Sequence[Wanted]) -> Mapping[UUID, int]:
    """What there is for who takes these next, by resource, each with its definition; one statement."""
    known = await definitions.standing(tx, [one.resource_id for one in wanted]) if wanted else {}
    return {
        one.resource_id: rules.room(known.get(one.resource_id), one.definition)
        for one in wanted
        if one.definition is not None
    }


async def read_resource(tx: Transaction, wanted: UUID) -> Resource:
    """One resource with the sums of its tickets. Raises ResourceUnknown."""
    found = await definitions.one(tx, wanted)
    if found is None:
        raise ResourceUnknown(resource=str(wanted))
    return found


async def list_resources(
    tx: Transaction, kind: Kind, prefix: str, cursor: str | None, limit: int
) -> Page[ResourceLine]:
    """Resources of a kind by key: those whose key begins with `prefix`."""
    (after,) = decode_cursor(cursor, str) if cursor else (None,)
    return page_of(await definitions.listed(tx, kind, prefix, after, limit + 1), limit, lambda one: (one.key,))


async def list_tickets(tx: Transaction, wanted: UUID, cursor: str | None, limit: int) -> Page[Ticket]:
    """The tickets of a resource by holder, those that were freed too. Raises ResourceUnknown."""
    (after,) = decode_cursor(cursor, UUID) if cursor else (None,)
    if not await definitions.left(tx, [wanted]):
        raise ResourceUnknown(resource=str(wanted))
    found = await tickets.of_resource(tx, wanted, after, limit + 1)
    return page_of(found, limit, lambda one: (one.holder_id,))
