"""Laws of the data: each file of `db/invariants` asks for what breaks one, and must find nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec

from huixiang.platform import migrations
from huixiang.platform.db import Transaction


class Law(msgspec.Struct, frozen=True):
    """`text` is the law in words; `question` finds the rows that break it."""

    name: str
    text: str
    question: str


class Breach(msgspec.Struct, frozen=True):
    """A row that breaks a law: the columns that say where, and what does not agree."""

    law: str
    row: dict[str, Any]


def laws() -> list[Law]:
    """Every law, by name."""
    return [_read(path) for path in sorted((migrations.directory().parent / "invariants").glob("*.sql"))]


def _read(path: Path) -> Law:
    lines = path.read_text(encoding="utf-8").splitlines()
    text = " ".join(line.removeprefix("--").strip() for line in lines if line.startswith("--"))
    question = "\n".join(line for line in lines if not line.startswith("--"))
    return Law(path.stem, text, question.strip().removesuffix(";"))


async def breaches(tx: Transaction, law: Law) -> AsyncIterator[Breach]:
    """What breaks a law. The transaction must be one snapshot of a role that reads every module; its instant is what a
    law finds as the setting `huixiang.now`."""
    await tx.fetchval("SELECT set_config('huixiang.now', $1, true)", tx.now.isoformat())
    async for row in tx.cursor(law.question):
        yield Breach(law.name, dict(row))
