"""Nouns of the intake: a run, how far it is, and what both sides come to."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from huixiang.kernel.errors import DomainError
from huixiang.kernel.text import Text


class Stage(StrEnum):
    """What is loaded, in this order: what later stages name must be there before them."""

    STORES = "stores"
    CATEGORIES = "categories"
    SKUS = "skus"
    MEMBERS = "members"
    ORDERS = "orders"
    RECONCILE = "reconcile"


class RunState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """What one side of an import comes to, each side counted from its own records. Amounts in fen, points whole."""

    stores: int
    skus: int
    members: int
    orders: int
    lines: int
    payable_fen: int
    tenders: int
    tender_fen: int
    cash_fen: int
    points: int
    growth: int


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    figure: str
    source: int
    loaded: int


class SourceFigures(msgspec.Struct, frozen=True, kw_only=True):
    """The source's side, with what of it is no order: `baskets` counts all, `empty_baskets` those that come to nothing.
    `inexact` counts amounts that are no whole number of fen."""

    figures: Figures
    baskets: int
    empty_baskets: int
    empty_lines: int
    inexact: int


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The reconciliation of a run: both sides and every figure in which they differ."""

    source: SourceFigures
    loaded: Figures
    differences: list[Difference]


class ImportRun(msgspec.Struct, frozen=True, kw_only=True):
    """One reading-in of a source. What it was asked for (`owners`: how many members, null for all), `shift_weeks` and
    `chunk_orders` are settled when it starts and hold to its end."""

    run_id: UUID
    source: str
    state: RunState
    stage: Stage
    total: int
    shift_weeks: int
    owners: int | None
    chunk_orders: int
    started_at: datetime
    finished_at: datetime | None
    report: Report | None


class ImportProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far the latest run is: `done` of `total` items of its stage."""

    state: RunState
    stage: Stage
    done: int
    total: int
    started_at: datetime
    finished_at: datetime | None


class SourceUnavailable(DomainError):
    code = "import_source_unavailable"
    status = 503
    title = Text(zh="没有导入数据", en="Import data missing")
    detail = Text(zh="找不到数据包 {package}：{problem}", en="The data package {package} is not there: {problem}")


class MoreIsLoaded(DomainError):
    """Fields: source, members (a number, or `all`)."""

    code = "import_more_is_loaded"
    status = 409
    title = Text(zh="已导入更多数据", en="More is imported already")
    detail = Text(
        zh="{source} 已导入更多会员：{members}。",
        en="More members of {source} are imported already: {members}.",
    )


class RowsRefused(DomainError):
    code = "import_rows_refused"
    status = 409
    title = Text(zh="导入数据被拒绝", en="Imported rows refused")
    detail = Text(
        zh="阶段 {stage} 有 {count} 行被拒绝，首行 {first}：{problem}",
        en="In stage {stage}, {count} rows were refused; the first is {first}: {problem}",
    )


class SidesDiffer(DomainError):
    code = "import_sides_differ"
    status = 409
    title = Text(zh="导入核对不一致", en="The import does not reconcile")
    detail = Text(
        zh="{figures} 在数据源与系统中不相等",
        en="These figures differ between the source and the system: {figures}",
    )
