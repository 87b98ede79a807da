"""Migrations: complete, in order, one at a time, and what they grant."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import psycopg
import pytest

from huixiang.platform import migrations
from huixiang.platform.roles import WrongRole, assert_application_role
from tests.support.fixtures import TestDatabase

pytestmark = pytest.mark.postgres15


def rows(url: str, sql: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(sql).fetchall()


def test_every_sql_file_has_its_revision_and_its_number() -> None:
    names = migrations.revisions()
    assert [Path(name).stem for name in names] == sorted(
        path.stem for path in (migrations.directory() / "versions").glob("[0-9]*.py")
    )
    numbers = [int(name.partition("_")[0]) for name in names]
    assert numbers == sorted(set(numbers))
    assert numbers[0] == 1
    assert all(len(name) <= 32 for name in names), "the version table keeps 32 characters"


def test_an_empty_database_is_brought_to_the_last_revision_once(empty_database: TestDatabase) -> None:
    owner = empty_database.url("huixiang_owner")
    assert migrations.current(owner) is None
    assert migrations.pending(owner) == migrations.revisions()
    assert migrations.upgrade(owner) == migrations.revisions()
    assert migrations.current(empty_database.url("huixiang_app")) == migrations.revisions()[-1]
    assert migrations.upgrade(owner) == []


def test_of_two_upgrades_at_once_one_does_the_work(empty_database: TestDatabase) -> None:
    owner = empty_database.url("huixiang_owner")
    done: list[list[str]] = []
    both = [threading.Thread(target=lambda: done.append(migrations.upgrade(owner))) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert sorted(done) == [[], migrations.revisions()]


def test_a_failing_revision_leaves_the_last_good_one_and_can_be_repeated(empty_database: TestDatabase) -> None:
    owner = empty_database.url("huixiang_owner")
    third = migrations.revisions()[2]
    schema = third.partition("_")[2]
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        with pytest.raises(Exception, match=f'schema "{schema}" already exists'):
            migrations.upgrade(owner)
        assert migrations.current(owner) == migrations.revisions()[1]
        connection.execute(f"DROP SCHEMA {schema}")
    assert migrations.upgrade(owner) == migrations.revisions()[2:]


def test_a_database_of_a_later_version_is_left_alone(empty_database: TestDatabase) -> None:
    owner = empty_database.url("huixiang_owner")
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute("CREATE TABLE public.schema_version AS SELECT '9999_later' AS version_num")
    with pytest.raises(migrations.MigrationError, match=r"9999_later.*run a later version"):
        migrations.upgrade(owner)


@pytest.mark.requirement("SEC-03")
def test_the_application_owns_nothing_and_cannot_rewrite_the_journal(
    database_url: str, owner_url: str, read_url: str
) -> None:
    assert_application_role(database_url)
    assert_application_role(read_url)
    with pytest.raises(WrongRole, match="huixiang_owner"):
        assert_application_role(owner_url)
    for change in ("UPDATE points.posting SET points = 0", "DELETE FROM points.posting", "TRUNCATE points.posting"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            rows(database_url, change)


def test_every_table_can_be_read_by_the_application_and_by_reports(superuser: psycopg.Connection[Any]) -> None:
    unreadable = superuser.execute(
        """
        SELECT role, c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace,
             (VALUES ('huixiang_app'), ('huixiang_read')) AS roles (role)
        WHERE c.relkind IN ('r', 'p', 'v') AND n.nspname !~ '^(pg_|information_schema|pristine)'
          AND NOT has_table_privilege(role, c.oid, 'SELECT')
          AND NOT (role = 'huixiang_read' AND has_table_privilege('huixiang_app', c.oid, 'SELECT'))
        """
    ).fetchall()
    assert unreadable == []


def test_every_unique_index_of_a_members_table_contains_the_member(superuser: psycopg.Connection[Any]) -> None:
    """The distribution key of a sharded database has to be part of each of them. Not of the three that are no member's:
    the directory is distributed by its own key, tickets by their resource, and the audit log is one chain for the whole
    installation."""
    lacking = superuser.execute(
        """
        SELECT i.indexrelid::regclass::text FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'member_id'
        WHERE i.indisunique AND n.nspname !~ '^(pg_|pristine)'
          AND c.oid::regclass::text NOT IN ('platform.directory', 'staff.audit', 'stock.ticket')
          AND NOT a.attnum = ANY (i.indkey)
        """
    ).fetchall()
    assert lacking == []
