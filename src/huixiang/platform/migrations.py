"""Bringing a database to this version's schema: Alembic runs the hand-written SQL of `db/migrations/sql` in order."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from huixiang.platform.settings import CannotRun

VERSION_TABLE = "schema_version"
MIGRATION_LOCK = 7_081_000  # advisory lock: one migration at a time
LOCK_WAIT_SECONDS = 300


class MigrationError(CannotRun):
    """The database cannot be brought to this version, or is of a later one."""


def directory() -> Path:
    """`db/migrations`, in an installed wheel or in a source checkout."""
    package = Path(__file__).resolve().parents[1]
    for root in (package, package.parents[1]):
        if (root / "db" / "migrations" / "sql").is_dir():
            return root / "db" / "migrations"
    raise MigrationError("the SQL files are missing from this installation")


def revisions() -> list[str]:
    """Every revision of this version in order: the names of the SQL files without their ending."""
    return [path.stem for path in sorted((directory() / "sql").glob("*.sql"))]


def before(revision: str) -> str:
    """The revision that goes before one: they run in the order of their names."""
    every = revisions()
    return every[every.index(revision) - 1]


def current(url: str) -> str | None:
    """The revision a database stands at, None for an empty one. Any role may ask."""
    with psycopg.connect(url, autocommit=True) as connection:
        return _current(connection)


def pending(url: str) -> list[str]:
    """Revisions that the database lacks. Raises MigrationError where a later version of the program has been at it."""
    return _after(current(url))


def upgrade(owner_url: str) -> list[str]:
    """Bring the database to the last revision, as its owner; the revisions that were run, none where nothing lacked.

    Two at once: the second waits, then finds nothing to do. Each revision is a transaction of its own, so a failure
    leaves the database at the last good one. Raises MigrationError, psycopg.Error.
    """
    with psycopg.connect(owner_url, autocommit=True) as guard:
        guard.execute(f"SET lock_timeout = '{LOCK_WAIT_SECONDS}s'")
        guard.execute("SELECT pg_advisory_lock(%s)", (MIGRATION_LOCK,))
        missing = _after(_current(guard))
        if missing:
            _run_alembic(owner_url)
            guard.execute(f"GRANT SELECT ON {VERSION_TABLE} TO huixiang_app, huixiang_read")
        return missing


def run_file(operations: Any, revision: str, *, lock_timeout: str, statement_timeout: str) -> None:
    """Run `sql/<revision>.sql` inside Alembic's transaction. `operations` is `alembic.op`."""
    path = directory() / "sql" / f"{revision}.sql"
    # The driver's own cursor: a percent sign or a colon in the SQL is not a parameter.
    with operations.get_bind().connection.cursor() as cursor:
        for name, value in (("lock_timeout", lock_timeout), ("statement_timeout", statement_timeout)):
            cursor.execute(sql.SQL("SET LOCAL {} = {}").format(sql.Identifier(name), sql.Literal(value)))
        cursor.execute(path.read_text(encoding="utf-8"))


def _current(connection: psycopg.Connection[Any]) -> str | None:
    if connection.execute("SELECT to_regclass(%s)", (f"public.{VERSION_TABLE}",)).fetchone() == (None,):
        return None
    row = connection.execute(f"SELECT version_num FROM public.{VERSION_TABLE}").fetchone()  # noqa: S608 - a constant
    return None if row is None else str(row[0])


def _after(revision: str | None) -> list[str]:
    every = revisions()
    if revision is None:
        return every
    if revision not in every:
        raise MigrationError(f"the database is at {revision}, which this version does not know: run a later version")
    return every[every.index(revision) + 1 :]


def _run_alembic(owner_url: str) -> None:
    # Imported here: a start that finds nothing to do need not load half a second of code.
    import alembic.command  # noqa: PLC0415
    import alembic.config  # noqa: PLC0415
    import sqlalchemy  # noqa: PLC0415

    config = alembic.config.Config()
    config.set_main_option("script_location", str(directory()).replace("%", "%%"))
    engine = sqlalchemy.create_engine(
        "postgresql+psycopg://", creator=lambda: psycopg.connect(owner_url), poolclass=sqlalchemy.NullPool
    )
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        config.attributes["version_table"] = VERSION_TABLE
        alembic.command.upgrade(config, "head")
