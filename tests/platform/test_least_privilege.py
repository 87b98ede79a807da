"""What the roles of the database must not do, tried by each of them on every table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import errors, sql

from tests.architecture.test_schema import JOURNALS, OURS
from tests.support.fixtures import TestDatabase

Connection = psycopg.Connection[tuple[Any, ...]]
APP, READ = "huixiang_app", "huixiang_read"

TABLES = """
    SELECT n.nspname, c.relname, (SELECT attname FROM pg_attribute WHERE attrelid = c.oid AND attnum = 1)
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY (%s) ORDER BY 1, 2
"""
# What nobody but the schema's owner does, on any table.
OF_THE_OWNER = (
    "TRUNCATE {table}",
    "DROP TABLE {table}",
    "ALTER TABLE {table} ADD COLUMN more text",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "ALTER TABLE {table} OWNER TO CURRENT_USER",
    "CREATE INDEX ON {table} ({column})",
    "COMMENT ON TABLE {table} IS 'mine'",
)
CHANGING = ("UPDATE {table} SET {column} = {column}", "DELETE FROM {table}")
WRITING = ("INSERT INTO {table} DEFAULT VALUES", *CHANGING)
LOCKING = ("LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE", "SELECT FROM {table} FOR UPDATE")
# What shows who a person is, opens what is sealed, or lets somebody in: reports are made without it.
SECRET = (
    "members.identity",
    "members.personal",
    "members.wrapped_key",
    "staff.account",
    "staff.approval",
    "staff.key_secret",
    "staff.session",
    "staff.sign_in_attempt",
    "webhooks.secret",
)
OF_THE_CLUSTER = (
    "SET ROLE huixiang_owner",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION huixiang_owner",
    "GRANT huixiang_owner TO CURRENT_USER",
    "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION points.f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE EXTENSION dblink",
    "ALTER SYSTEM SET log_statement = 'all'",
    "COPY staff.audit TO '/tmp/audit'",
    "COPY staff.audit FROM '/etc/passwd'",
    "SELECT pg_ls_dir('/')",
    "SELECT lo_import('/etc/passwd')",
    "SELECT pg_reload_conf()",
    "CREATE ROLE another",
    "CREATE DATABASE another",
    "CREATE SCHEMA another",
    "CREATE TABLE public.another (n integer)",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "COPY (SELECT 1) TO PROGRAM 'true'",
    "SELECT pg_read_file('/etc/hostname')",
    "SET session_replication_role = 'replica'",
)


@pytest.fixture
def tables(superuser: Connection) -> list[tuple[str, str, str]]:
    found = superuser.execute(TABLES, [sorted(OURS)]).fetchall()
    assert len(found) > 80, len(found)
    return [(schema, table, column) for schema, table, column in found]


@pytest.fixture
def app(clean_database: TestDatabase) -> Iterator[Connection]:
    with psycopg.connect(clean_database.url(APP), autocommit=True) as connection:
        yield connection


@pytest.fixture
def read(clean_database: TestDatabase) -> Iterator[Connection]:
    with psycopg.connect(clean_database.url(READ), autocommit=True) as connection:
        yield connection


def allowed(role: Connection, statements: tuple[str, ...], tables: list[tuple[str, str, str]]) -> list[str]:
    """What a role could do of the statements, each tried in a transaction of its own that is rolled back."""
    done = []
    for schema, table, column in tables:
        for statement in statements:
            tried = sql.SQL(statement).format(table=sql.Identifier(schema, table), column=sql.Identifier(column))
            with role.transaction(force_rollback=True):
                try:
                    with role.transaction():
                        role.execute(tried)
                except errors.InsufficientPrivilege:
                    continue
                except psycopg.Error as error:
                    done.append(f"{tried.as_string()}: {error.sqlstate} is no refusal")
                    continue
            done.append(tried.as_string())
    return done


def named(tables: list[tuple[str, str, str]], names: tuple[str, ...]) -> list[tuple[str, str, str]]:
    found = [one for one in tables if f"{one[0]}.{one[1]}" in names]
    assert len(found) == len(names), set(names) - {f"{one[0]}.{one[1]}" for one in found}
    return found


@pytest.mark.requirement("SEC-03")
def test_the_application_cannot_change_what_is_journalled(app: Connection, tables: list[tuple[str, str, str]]) -> None:
    assert allowed(app, CHANGING, named(tables, JOURNALS)) == []


@pytest.mark.requirement("SEC-03")
def test_the_application_cannot_touch_the_schema(app: Connection, tables: list[tuple[str, str, str]]) -> None:
    assert allowed(app, OF_THE_OWNER, tables) == []


@pytest.mark.requirement("SEC-03")
def test_reports_change_nothing(read: Connection, tables: list[tuple[str, str, str]]) -> None:
    assert allowed(read, (*WRITING, *LOCKING, *OF_THE_OWNER), tables) == []


@pytest.mark.requirement("SEC-03")
def test_reports_do_not_read_what_is_personal_or_secret(read: Connection, tables: list[tuple[str, str, str]]) -> None:
    assert allowed(read, ("SELECT FROM {table}", "SELECT {column} FROM {table}"), named(tables, SECRET)) == []


@pytest.mark.requirement("SEC-03")
@pytest.mark.parametrize("statement", OF_THE_CLUSTER)
def test_no_role_reaches_beyond_its_tables(app: Connection, read: Connection, statement: str) -> None:
    for role in (app, read):
        with pytest.raises(errors.InsufficientPrivilege):
            role.execute(statement)


@pytest.mark.requirement("SEC-03")
def test_neither_role_becomes_the_other(app: Connection, read: Connection) -> None:
    for role, other in ((app, READ), (read, APP)):
        with pytest.raises(errors.InsufficientPrivilege):
            role.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(other)))


@pytest.mark.requirement("SEC-03")
def test_copying_is_reading_and_writing(read: Connection, app: Connection, tables: list[tuple[str, str, str]]) -> None:
    """COPY asks for the same as SELECT and INSERT do: out of what is secret for no report, into nothing for reports,
    and into no journal by way of another's privileges."""
    assert allowed(read, ("COPY {table} TO STDOUT", "COPY (SELECT {column} FROM {table}) TO STDOUT"),
                   named(tables, SECRET)) == []  # fmt: skip
    assert allowed(read, ("COPY {table} FROM STDIN",), tables) == []
    assert allowed(app, ("COPY {table} FROM '/dev/null'", "COPY {table} TO '/dev/null'"), tables) == []


# What lends its owner's rights, for one deed each, and to the application alone.
LENDING = {"messaging.forget(uuid,integer)": "puts away messages with their evidence, the oldest first"}


@pytest.mark.requirement("SEC-03")
def test_functions_run_with_the_rights_of_who_calls_them(superuser: Connection, read: Connection) -> None:
    """What a role may not do by itself, it cannot do by calling a function, but for those that are named here."""
    found = superuser.execute(
        "SELECT p.oid::regprocedure::text, p.prosecdef, r.rolname, p.proconfig::text,"
        " has_function_privilege(%s, p.oid, 'EXECUTE')"
        " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_roles r ON r.oid = p.proowner"
        " WHERE n.nspname = ANY (%s)",
        [READ, sorted(OURS)],
    ).fetchall()
    assert len(found) > 3
    assert {owner for _, _, owner, _, _ in found} == {"huixiang_owner"}
    lending = {name: (config, open_to_reports) for name, lends, _, config, open_to_reports in found if lends}
    assert lending == dict.fromkeys(LENDING, ('{"search_path=\\"\\""}', False))
    with pytest.raises(errors.InsufficientPrivilege):
        read.execute("SELECT messaging.forget(gen_random_uuid(), 1)")


@pytest.mark.requirement("SEC-03")
def test_reports_move_no_sequence(superuser: Connection, read: Connection) -> None:
    sequences = superuser.execute(
        "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind = 'S' AND n.nspname = ANY (%s)",
        [sorted(OURS)],
    ).fetchall()
    for (name,) in sequences:
        for call in ("nextval", "setval"):
            arguments = sql.SQL("{}, 1" if call == "setval" else "{}").format(sql.Literal(name))
            with pytest.raises(errors.InsufficientPrivilege):
                read.execute(sql.SQL("SELECT {}({})").format(sql.Identifier(call), arguments))


@pytest.mark.requirement("SEC-03")
def test_what_is_forbidden_is_noticed(
    superuser: Connection, app: Connection, tables: list[tuple[str, str, str]]
) -> None:
    journal = named(tables, ("staff.audit",))
    superuser.execute("GRANT UPDATE ON staff.audit TO huixiang_app")
    try:
        assert len(allowed(app, CHANGING, journal)) == 1
    finally:
        superuser.execute("REVOKE UPDATE ON staff.audit FROM huixiang_app")
    assert allowed(app, CHANGING, journal) == []
