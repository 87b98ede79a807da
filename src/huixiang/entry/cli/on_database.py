"""A command's way to the database: the one that settings name, or the one that `serve` runs on this home."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from huixiang.platform.settings import CannotRun, Settings

if TYPE_CHECKING:
    from huixiang.platform.db import Database, Transaction

T = TypeVar("T")


def run(work: Callable[[Transaction], Awaitable[T]], settings: Settings | None = None) -> T:
    """Do a command's work in one transaction and commit it. Raises CannotRun, also for what a module refuses."""

    async def in_one(db: Database) -> T:
        async with db.transaction() as tx:
            return await work(tx)

    return run_on(in_one, settings)


def run_on(work: Callable[[Database], Awaitable[T]], settings: Settings | None = None) -> T:
    """Do work that makes its own transactions, one at a time. Raises CannotRun, also for what a module refuses."""
    return asyncio.run(_run(work, settings or Settings.load()))


async def _run(work: Callable[[Database], Awaitable[T]], settings: Settings) -> T:
    import asyncpg  # noqa: PLC0415 - loaded when run

    from huixiang.entry.keys import use_keys  # noqa: PLC0415
    from huixiang.kernel.calendar import BusinessCalendar  # noqa: PLC0415
    from huixiang.kernel.clock import SystemClock  # noqa: PLC0415
    from huixiang.kernel.errors import DomainError  # noqa: PLC0415
    from huixiang.members.service import check_keys  # noqa: PLC0415
    from huixiang.platform.db import Database  # noqa: PLC0415
    from huixiang.platform.embedded import endpoints  # noqa: PLC0415

    found = endpoints.connect(settings)
    use_keys(found)
    calendar = BusinessCalendar(found.time_zone)
    try:
        db = await Database.open(str(found.database_url), calendar=calendar, clock=SystemClock(), max_size=1)
    except (OSError, asyncpg.InterfaceError, asyncpg.PostgresError) as error:
        raise CannotRun(f"the database could not be reached: {error}") from error
    try:
        async with db.transaction() as tx:
            await check_keys(tx)
        return await work(db)
    except DomainError as refusal:
        others = [f"{one.path}: {one.problem}" for one in refusal.problems[1:]]
        raise CannotRun("\n".join([refusal.message("en"), *others])) from refusal
    finally:
        await db.close()
