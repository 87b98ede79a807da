"""Switches: each turn is a row that is only added, the last of a part says how it stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from huixiang.platform.db import Transaction
from huixiang.rulebook.model import NewSwitch, Switch


async def off(tx: Transaction, kind: str, code: str) -> frozenset[str]:
    """The parts of a document that are switched off."""
    records = await tx.fetch(
        "SELECT part FROM rulebook.rulebook_switch_facts WHERE kind = $1 AND code = $2 AND off", kind, code
    )
    return frozenset(record["part"] for record in records)


async def last(tx: Transaction, kind: str, code: str, part: str) -> Switch | None:
    record = await tx.fetchrow(
        """
        SELECT part, off, at, by, reason FROM rulebook.rulebook_switch_facts
        WHERE kind = $1 AND code = $2 AND part = $3
        """,
        kind,
        code,
        part,
    )
    return _switch(record) if record else None


async def history(tx: Transaction, kind: str, code: str, limit: int) -> Sequence[Switch]:
    """The last turns of a document's switches, the newest first."""
    records = await tx.fetch(
        """
        SELECT part, off, at, by, reason FROM rulebook.switch
        WHERE kind = $1 AND code = $2 ORDER BY at DESC, part, seq DESC LIMIT $3
        """,
        kind,
        code,
        limit,
    )
    return [_switch(record) for record in records]


async def insert(tx: Transaction, kind: str, code: str, turned: NewSwitch, by: str) -> None:
    """Whoever inserts has begun a change, so no other takes the same number."""
    await tx.execute(
        """
        INSERT INTO rulebook.switch (kind, code, part, seq, off, at, by, reason)
        SELECT $1, $2, $3, coalesce(max(seq), 0) + 1, $4, $5, $6, $7
        FROM rulebook.switch WHERE kind = $1 AND code = $2 AND part = $3
        """,
        kind,
        code,
        turned.part,
        turned.off,
        tx.now,
        by,
        turned.reason,
    )


def _switch(record: Any) -> Switch:
    return Switch(part=record["part"], off=record["off"], at=record["at"], by=record["by"], reason=record["reason"])
