"""The runs of the intake and their chunks."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec

from huixiang.intake.model import ImportProgress, ImportRun, Report, RunState, Stage
from huixiang.platform.db import Transaction

_RUN = """SELECT run_id, source, state, stage, total, shift_weeks, owners, chunk_orders, started_at, finished_at, report
          FROM intake.run"""


async def latest_run(tx: Transaction, source: str, *, lock: bool = False) -> ImportRun | None:
    row = await tx.fetchrow(
        f"{_RUN} WHERE source = $1 ORDER BY started_at DESC LIMIT 1{' FOR UPDATE' if lock else ''}", source
    )
    return _run(row) if row else None


async def insert_run(tx: Transaction, run: ImportRun) -> bool:
    """False where the source has an unfinished run. Waits while another transaction begins one."""
    touched = await tx.execute(
        """INSERT INTO intake.run (run_id, source, state, stage, total, shift_weeks, owners, chunk_orders, started_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
           ON CONFLICT (source) WHERE state = 'running' DO NOTHING""",
        *(run.run_id, run.source, run.state, run.stage, run.total),
        *(run.shift_weeks, run.owners, run.chunk_orders, run.started_at),
    )
    return touched == 1


async def set_stage(tx: Transaction, run_id: UUID, stage: Stage, total: int) -> None:
    await tx.execute(
        "UPDATE intake.run SET state = 'running', stage = $2, total = $3 WHERE run_id = $1", run_id, stage, total
    )


async def set_finished(tx: Transaction, run_id: UUID, state: RunState, report: Report | None) -> None:
    await tx.execute(
        "UPDATE intake.run SET state = $2, finished_at = $3, report = coalesce($4::jsonb, report) WHERE run_id = $1",
        *(run_id, state, tx.now),
        msgspec.json.encode(report).decode() if report else None,
    )


async def claim_chunk(tx: Transaction, run_id: UUID, stage: Stage, chunk_no: int, items: int) -> bool:
    """Take a chunk for this transaction; false where it is done already. Waits while another transaction has it."""
    touched = await tx.execute(
        """INSERT INTO intake.chunk (run_id, stage, chunk_no, items, recorded_at) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT DO NOTHING""",
        *(run_id, stage, chunk_no, items, tx.now),
    )
    return touched == 1


async def finished_chunks(tx: Transaction, run_id: UUID, stage: Stage) -> dict[int, int]:
    """The chunks of a stage that are loaded, with their items."""
    rows = await tx.fetch("SELECT chunk_no, items FROM intake.chunk WHERE run_id = $1 AND stage = $2", run_id, stage)
    return {row["chunk_no"]: row["items"] for row in rows}


async def progress(tx: Transaction) -> ImportProgress | None:
    """The latest run of any source."""
    row = await tx.fetchrow(
        """SELECT r.state, r.stage, r.total, r.started_at, r.finished_at,
                  (SELECT coalesce(sum(c.items), 0) FROM intake.chunk c
                   WHERE c.run_id = r.run_id AND c.stage = r.stage)::bigint AS done
           FROM intake.run r ORDER BY r.started_at DESC LIMIT 1"""
    )
    return msgspec.convert(dict(row), ImportProgress) if row else None


def _run(row: Any) -> ImportRun:
    values = dict(row)
    report = values.pop("report")
    values["report"] = msgspec.json.decode(report) if report else None
    return msgspec.convert(values, ImportRun)
