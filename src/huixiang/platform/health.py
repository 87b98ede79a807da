"""Alive, and ready: the two questions an orchestrator asks."""

from __future__ import annotations

import asyncio

import asyncpg
import msgspec
import structlog

from huixiang.platform import migrations
from huixiang.platform.db import Database, Transaction

READY_WITHIN_S = 2.0

log = structlog.get_logger(__name__)


class Readiness(msgspec.Struct, frozen=True):
    """Whether requests can be served. `database` is ok, unreachable or not_migrated."""

    ready: bool
    database: str


async def readiness(db: Database) -> Readiness:
    """Ready means: the database answers within two seconds, and stands at the revision this program was built for."""
    try:
        async with asyncio.timeout(READY_WITHIN_S), db.single_read() as tx:
            revision = await _revision(tx)
    except asyncpg.UndefinedTableError:
        return Readiness(ready=False, database="not_migrated")
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        log.warning("not_ready", exception=type(error).__name__)
        return Readiness(ready=False, database="unreachable")
    expected = migrations.revisions()[-1]
    return Readiness(ready=revision == expected, database="ok" if revision == expected else "not_migrated")


async def _revision(tx: Transaction) -> str | None:
    revision: str | None = await tx.fetchval("SELECT version_num FROM public.schema_version")
    return revision
