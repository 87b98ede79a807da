"""The systems that have given ids."""

from __future__ import annotations

from collections.abc import Iterable

from huixiang.platform.db import Transaction


async def sources(tx: Transaction) -> list[str]:
    rows = await tx.fetch("SELECT source FROM members.identity_source ORDER BY source")
    return [row["source"] for row in rows]


async def insert_sources(tx: Transaction, names: Iterable[str]) -> None:
    await tx.execute(
        """
        INSERT INTO members.identity_source (source, recorded_at)
        SELECT name, $2 FROM unnest($1::text[]) AS given (name)
        WHERE NOT EXISTS (SELECT FROM members.identity_source WHERE source = name)
        ON CONFLICT (source) DO NOTHING
        """,
        sorted(set(names)),
        tx.now,
    )
