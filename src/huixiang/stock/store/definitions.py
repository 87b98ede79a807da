"""Resources: defined, read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from huixiang.platform.db import Transaction
from huixiang.stock.model import Kind, Resource, ResourceLine, ResourceRow, Standing

_LINE = "resource_id, kind, key, unit, capacity, remaining AS left, per_member, opens_at, closes_at, version"


def encoded(row: ResourceRow) -> Mapping[str, Any]:
    """As `stock.define` reads it."""
    return {"id": row.resource_id, **msgspec.structs.asdict(row)}


async def define(tx: Transaction, rows: Sequence[ResourceRow]) -> list[str]:
    """What became of each, in their order. They come in the order of ids."""
    answers = await tx.fetch(
        """
        SELECT stock.define(o.one, $2) FROM (
            SELECT e.one FROM jsonb_array_elements($1::text::jsonb) WITH ORDINALITY AS e (one, place) ORDER BY e.place
        ) AS o
        """,
        msgspec.json.encode([encoded(row) for row in rows]).decode(),
        tx.now,
    )
    return [answer[0] for answer in answers]


async def left(tx: Transaction, resources: Sequence[UUID]) -> Mapping[UUID, int]:
    """What is left of each that is there."""
    rows = await tx.fetch(
        "SELECT resource_id, remaining FROM stock.stock_facts WHERE resource_id = ANY ($1::uuid[])", list(resources)
    )
    return {row["resource_id"]: row["remaining"] for row in rows}


async def standing(tx: Transaction, resources: Sequence[UUID]) -> Mapping[UUID, Standing]:
    """Of each that is there."""
    rows = await tx.fetch(
        "SELECT resource_id, version, capacity, remaining FROM stock.stock_facts WHERE resource_id = ANY ($1::uuid[])",
        list(resources),
    )
    return {resource_id: Standing(*stands) for resource_id, *stands in rows}


async def one(tx: Transaction, resource_id: UUID) -> Resource | None:
    row = await tx.fetchrow(
        f"""
        SELECT {", ".join(f"f.{column}" for column in _LINE.split(", "))}, r.shards, r.source, r.defined_at, t.*
        FROM stock.stock_facts AS f
        JOIN stock.resource AS r ON r.resource_id = f.resource_id
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(amount) FILTER (WHERE state = 'reserved'), 0)::bigint AS reserved,
                   coalesce(sum(amount) FILTER (WHERE state = 'confirmed'), 0)::bigint AS confirmed,
                   count(*) FILTER (WHERE state = 'freed') AS freed
            FROM stock.ticket WHERE resource_id = r.resource_id
        ) AS t
        WHERE f.resource_id = $1
        """,
        resource_id,
    )
    return None if row is None else Resource(**{**row, "kind": Kind(row["kind"])})


async def listed(tx: Transaction, kind: Kind, prefix: str, after: str | None, limit: int) -> list[ResourceLine]:
    """Of one kind by key, from after one on: those whose key begins so."""
    rows = await tx.fetch(
        f"""
        SELECT {_LINE} FROM stock.stock_facts
        WHERE kind = $1 AND key >= $2 AND starts_with(key, $2) AND ($3::text IS NULL OR key > $3)
        ORDER BY key LIMIT $4
        """,
        kind.value,
        prefix,
        after,
        limit,
    )
    return [ResourceLine(**{**row, "kind": Kind(row["kind"])}) for row in rows]
