"""Database roles, asserted at start: the program runs as a role that cannot undo what it has written."""

from __future__ import annotations

import psycopg

from huixiang.platform.settings import CannotRun


class WrongRole(CannotRun):
    """The program would run under a role that may do more than it should."""


def assert_application_role(url: str) -> None:
    """The role of `url` is no superuser, owns no table and is no member of a role that does. Raises WrongRole."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(
            """
            SELECT current_user, r.rolsuper OR r.rolbypassrls, EXISTS (
                SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind IN ('r', 'p') AND n.nspname !~ '^(pg_|information_schema$)'
                  AND pg_has_role(current_user, c.relowner, 'MEMBER')
            )
            FROM pg_roles r WHERE r.rolname = current_user
            """
        ).fetchone()
    if row is None or row[1] or row[2]:
        raise WrongRole(
            f"the database role {row[0] if row else '?'} of HUIXIANG_DATABASE_URL may change the journal: give one "
            "that is neither superuser nor owner of the tables, such as huixiang_app"
        )
