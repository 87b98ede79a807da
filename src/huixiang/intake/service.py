"""Use cases of the intake: start or go on with a run, load a chunk, reconcile, say how far it is.

A chunk and the note that it is done commit together. What a chunk loads is idempotent by itself as well (external ids,
row versions), so a second run, or two at once, load nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from huixiang.catalogue import service as catalogue
from huixiang.catalogue.model import RowOutcome
from huixiang.checkout import service as checkout
from huixiang.intake import rules, store
from huixiang.intake.model import (
    Figures,
    ImportProgress,
    ImportRun,
    MoreIsLoaded,
    Report,
    RowsRefused,
    RunState,
    SidesDiffer,
    SourceFigures,
    Stage,
)
from huixiang.kernel.errors import DomainError, InvariantBroken
from huixiang.kernel.ids import new_id
from huixiang.members import service as members
from huixiang.platform.db import Transaction
from huixiang.points import service as points
from huixiang.points.model import GROWTH, POINTS

CHUNK_ORDERS = 1000


async def open_run(
    tx: Transaction, source: str, last_day: date, owners: int | None, *, again: bool, chunk_orders: int = CHUNK_ORDERS
) -> ImportRun:
    """The run to work on: the unfinished one, or a new one; with neither needed, the one that is done. `owners` is how
    many members are asked for, None for all. Raises MoreIsLoaded.

    A source is moved in time once: later runs take the first one's shift, whatever the day. A done run is loaded
    `again` only where that is asked for, or where it had fewer members.
    """
    latest = await store.latest_run(tx, source, lock=True)
    if latest is not None:
        if rules.is_more(latest.owners, owners):
            raise MoreIsLoaded(source=source, members=latest.owners or "all")
        if latest.owners == owners and (latest.state is not RunState.DONE or not again):
            return latest
        if latest.state is RunState.RUNNING:
            # Its chunks are cut for fewer members, so they say nothing of this run's.
            await fail(tx, latest.run_id)
    run = ImportRun(
        run_id=new_id(),
        source=source,
        state=RunState.RUNNING,
        stage=Stage.STORES,
        total=0,
        shift_weeks=latest.shift_weeks if latest else rules.week_shift(last_day, tx.calendar.day(tx.now)),
        owners=owners,
        chunk_orders=chunk_orders,
        started_at=tx.now,
        finished_at=None,
        report=None,
    )
    if await store.insert_run(tx, run):
        return run
    # Another import of the source began since we looked: what it left is the latest now.
    return await open_run(tx, source, last_day, owners, again=again, chunk_orders=chunk_orders)


async def enter_stage(tx: Transaction, run_id: UUID, stage: Stage, total: int) -> dict[int, int]:
    """Make a stage the run's present one; its chunks that are loaded already, with their items."""
    await store.set_stage(tx, run_id, stage, total)
    return await store.finished_chunks(tx, run_id, stage)


async def load_chunk(tx: Transaction, run_id: UUID, stage: Stage, chunk_no: int, rows: Sequence[Any]) -> None:
    """Load rows of a stage, once. Raises RowsRefused where the module they go to refuses any: nothing is loaded."""
    if not await store.claim_chunk(tx, run_id, stage, chunk_no, len(rows)):
        return
    refused = await _load(tx, stage, rows)
    if refused:
        first, problem = refused[0]
        raise RowsRefused(stage=stage, count=len(refused), first=first, problem=problem)


async def _load(tx: Transaction, stage: Stage, rows: Sequence[Any]) -> list[tuple[str, str]]:
    """The rows that were refused: how the source names each, and why."""
    match stage:
        case Stage.STORES:
            return _refused_codes(rows, await catalogue.upsert_stores(tx, rows))
        case Stage.CATEGORIES:
            return _refused_codes(rows, await catalogue.upsert_categories(tx, rows))
        case Stage.SKUS:
            return _refused_codes(rows, await catalogue.upsert_skus(tx, rows))
        case Stage.MEMBERS:
            registered = await members.register_bulk(tx, rows)
            names = (row.external_ids[0].external_id for row in rows)
            return _refused(names, (outcome.refusal for outcome in registered))
        case Stage.ORDERS:
            posted = await checkout.post_orders(tx, rows)
            return _refused((row.external_id for row in rows), (outcome.refusal for outcome in posted))
        case Stage.RECONCILE:
            raise InvariantBroken("reconciling loads nothing")


def _refused(names: Iterable[str], refusals: Iterable[DomainError | None]) -> list[tuple[str, str]]:
    return [(name, refusal.message("en")) for name, refusal in zip(names, refusals, strict=True) if refusal]


def _refused_codes(rows: Sequence[Any], outcomes: Sequence[RowOutcome]) -> list[tuple[str, str]]:
    return [
        (row.key[0], f"{outcome.error.path}: {outcome.error.problem}")
        for row, outcome in zip(rows, outcomes, strict=True)
        if outcome.error
    ]


async def reconcile(tx: Transaction, run: ImportRun, source: SourceFigures, codes: str) -> Report:
    """Count both sides. The run keeps the report and is done where they are equal, else failed; one that was done
    before is left as it is. `codes` is the prefix of the source's store and sku codes."""
    loaded = await _loaded_figures(tx, run.source, codes)
    report = Report(source=source, loaded=loaded, differences=rules.differences(source.figures, loaded))
    if run.state is not RunState.DONE:
        await store.set_stage(tx, run.run_id, Stage.RECONCILE, 1)
        await store.claim_chunk(tx, run.run_id, Stage.RECONCILE, 0, 1)
        await store.set_finished(tx, run.run_id, RunState.FAILED if report.differences else RunState.DONE, report)
    return report


async def _loaded_figures(tx: Transaction, source: str, codes: str) -> Figures:
    """The system's side: orders counted from their rows, what they earned from the journal."""
    stores, skus = await catalogue.count_by_prefix(tx, codes)
    totals = await checkout.source_totals(tx, source)
    earned = await points.earned_by_orders(tx, totals.order_ids)
    return Figures(
        stores=stores,
        skus=skus,
        members=await members.count_of_source(tx, source),
        orders=len(totals.order_ids),
        lines=totals.lines,
        payable_fen=totals.payable_fen,
        tenders=totals.tenders,
        tender_fen=totals.tender_fen,
        cash_fen=totals.cash_fen,
        points=earned.get(POINTS.number, 0),
        growth=earned.get(GROWTH.number, 0),
    )


def require_equal(report: Report) -> None:
    """Raises SidesDiffer where a report has differences."""
    if report.differences:
        raise SidesDiffer(figures=", ".join(difference.figure for difference in report.differences))


async def fail(tx: Transaction, run_id: UUID) -> None:
    """Note that a run gave up. The next one of its source goes on where it stopped."""
    await store.set_finished(tx, run_id, RunState.FAILED, None)


async def progress(tx: Transaction) -> ImportProgress | None:
    """How far the latest run is; None where nothing was ever imported."""
    return await store.progress(tx)
