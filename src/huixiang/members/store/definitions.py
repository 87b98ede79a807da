"""What the installation defines: attributes, and the systems that have given ids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from huixiang.kernel.text import Text
from huixiang.members.model import AttributeDefinition
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


async def attribute_definitions(tx: Transaction) -> dict[str, AttributeDefinition]:
    rows = await tx.fetch("SELECT code, type, choices, title, purpose FROM members.attribute ORDER BY code")
    return {
        row["code"]: AttributeDefinition(
            code=row["code"],
            type=row["type"],
            choices=tuple(row["choices"]),
            title=msgspec.json.decode(row["title"], type=Text),
            purpose=row["purpose"],
        )
        for row in rows
    }


async def save_attribute_definitions(tx: Transaction, definitions: Sequence[AttributeDefinition]) -> set[str]:
    """Enter or change definitions; the codes saved. One that is there with another type is left alone."""
    saved = set()
    for definition in sorted(definitions, key=lambda d: d.code):
        code = await tx.fetchval(
            """
            INSERT INTO members.attribute AS a (code, type, choices, title, purpose, recorded_at)
            VALUES ($1, $2, $3, $4::jsonb, $5, $6)
            ON CONFLICT (code) DO UPDATE
            SET choices = excluded.choices, title = excluded.title, purpose = excluded.purpose
            WHERE a.type = excluded.type
            RETURNING code
            """,
            definition.code,
            definition.type,
            list(definition.choices),
            msgspec.json.encode(definition.title).decode(),
            definition.purpose,
            tx.now,
        )
        if code is not None:
            saved.add(code)
    return saved
