"""Putting a test database back to what it was, mostly to what the migrations left, in a few milliseconds.

Tables that a test wrote to are emptied, rows and sequences that were there are put back. It is done inside the server
by one function, with triggers and foreign keys at rest.
"""

from __future__ import annotations

from typing import Any

import psycopg

INSTALL = """
DROP SCHEMA IF EXISTS pristine CASCADE;
CREATE SCHEMA pristine;
CREATE TABLE pristine.seed (relation oid PRIMARY KEY, copy text NOT NULL);
CREATE TABLE pristine.sequence (relation oid PRIMARY KEY, last_value bigint NOT NULL, is_called boolean NOT NULL);

CREATE VIEW pristine.tables AS
SELECT c.oid, c.oid::regclass AS relation, c.relkind
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'S') AND NOT c.relispartition AND c.relpersistence <> 't'
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pristine', 'public') AND n.nspname !~ '^pg_toast';

DO $$
DECLARE t record; filled boolean;
BEGIN
    FOR t IN SELECT * FROM pristine.tables LOOP
        IF t.relkind = 'S' THEN
            EXECUTE format('INSERT INTO pristine.sequence SELECT %s, last_value, is_called FROM %s', t.oid, t.relation);
            CONTINUE;
        END IF;
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', t.relation) INTO filled;
        IF filled THEN
            EXECUTE format('CREATE TABLE pristine.%I AS TABLE %s', 'seed_' || t.oid, t.relation);
            INSERT INTO pristine.seed VALUES (t.oid, format('pristine.%I', 'seed_' || t.oid));
        END IF;
    END LOOP;
END $$;

CREATE FUNCTION pristine.restore() RETURNS void LANGUAGE plpgsql AS $$
DECLARE t record; s record; filled boolean; columns text;
BEGIN
    SET LOCAL session_replication_role = replica;
    SET LOCAL lock_timeout = '3s';
    FOR t IN SELECT tables.*, seed.copy FROM pristine.tables LEFT JOIN pristine.seed ON seed.relation = tables.oid LOOP
        IF t.relkind = 'S' THEN
            SELECT * INTO s FROM pristine.sequence WHERE relation = t.oid;
            IF FOUND THEN PERFORM setval(t.relation, s.last_value, s.is_called); END IF;
            CONTINUE;
        END IF;
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', t.relation) INTO filled;
        IF filled THEN EXECUTE format('DELETE FROM %s', t.relation); END IF;
        IF t.copy IS NOT NULL THEN
            SELECT string_agg(quote_ident(attname), ', ') INTO columns FROM pg_attribute
            WHERE attrelid = t.oid AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
            EXECUTE format('INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE SELECT %s FROM %s',
                           t.relation, columns, columns, t.copy);
        END IF;
    END LOOP;
END $$;
"""


def install(connection: psycopg.Connection[Any]) -> None:
    """Remember the present state of every table and sequence, and forget a former one. As superuser, in autocommit."""
    connection.execute(INSTALL)


def restore(connection: psycopg.Connection[Any]) -> None:
    """Go back to what `install` saw. As superuser, in autocommit. What still holds locks is cut off."""
    try:
        connection.execute("SELECT pristine.restore()")
    except psycopg.errors.LockNotAvailable:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        connection.execute("SELECT pristine.restore()")
