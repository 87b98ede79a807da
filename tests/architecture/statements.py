"""Reading SQL in string literals: which tables a statement names, and where it is written."""

from __future__ import annotations

import re

# A string is SQL where a statement's own shape shows; a sentence that begins with Select or Update has no such shape.
STATEMENT = re.compile(
    r"""
      \bselect\b .+? \bfrom\b \s+ (\w+\.\w+|\w+\s*\(|unnest|\() | ^\s* (?-i:SELECT) \s
    | \binsert\s+into\s+ \w+[.\s(]
    | \bupdate\s+ (only\s+)? \w+(\.\w+)? (\s+(as\s+)?\w+)? \s+set\s
    | \bdelete\s+from\s+ \w+
    | ^\s* (with|WITH) \s+ \w+ \s* (\([^)]*\)\s*)? as \s* (materialized\s*)? \(
    | ^\s* (CREATE|ALTER|DROP|TRUNCATE|GRANT|REVOKE|LOCK|COPY|VACUUM|ANALYZE|NOTIFY|LISTEN|MERGE) \s+ \w+
    """,
    re.IGNORECASE | re.DOTALL | re.VERBOSE,
)
NOISE = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'", re.DOTALL)

CLOCK_OR_CHANCE = re.compile(
    r"\b(now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday|gen_random_uuid|uuid_generate_v\d\w*"
    r"|uuidv4|uuidv7|random)\s*\(|\b(current_timestamp|current_date|current_time|localtime|localtimestamp)\b",
    re.IGNORECASE,
)

TARGET = re.compile(
    r"\b(?P<verb>from|join|into|update|using|truncate|table|copy)\s+(?:only\s+|lateral\s+|if\s+not\s+exists\s+|if\s+exists\s+)*"
    r"(?P<name>[a-z_][a-z0-9_]*(?:\.(?:[a-z_][a-z0-9_]*|\{\}))?)(?P<call>\s*\()?",
    re.IGNORECASE,
)
# `FROM` and `UPDATE` without a table: IS DISTINCT FROM x, extract(epoch FROM x), FOR UPDATE OF a, DO UPDATE, REVOKE.
NO_TARGET = re.compile(
    r"\bdistinct\s+from\b|\b(?:extract|substring|trim|overlay)\s*\([^()]*\bfrom\b"
    r"|\brevoke\b[^;]*|\bfor\s+(?:no\s+key\s+)?update\b(?:\s+of\s+\w+(?:\s*,\s*\w+)*)?|\bdo\s+update\b|\bjoin\b[^()]*?\busing\s*(?=\()",
    re.IGNORECASE,
)
CTE = re.compile(r"\b([a-z_][a-z0-9_]*)\s*(?:\([^()]*\)\s*)?as\s*(?:not\s+)?(?:materialized\s*)?\(", re.IGNORECASE)
TEMPORARY = re.compile(
    r"\bcreate\s+temp(?:orary)?\s+table\s+(?:if\s+not\s+exists\s+)?([a-z_][a-z0-9_]*)", re.IGNORECASE
)
QUALIFIED = re.compile(r"\b([a-z_][a-z0-9_]*)\.([a-z_][a-z0-9_]*)\b", re.IGNORECASE)


def is_statement(text: str) -> bool:
    return STATEMENT.search(text) is not None


def bare(text: str) -> str:
    """The statement without comments and string literals."""
    return NOISE.sub(" ", text)


def qualified_names(text: str, schemas: frozenset[str]) -> set[tuple[str, str]]:
    """(schema, name) of everything that the statement names in one of `schemas`: tables, views, functions."""
    return {(schema, name) for schema, name in QUALIFIED.findall(bare(text)) if schema in schemas}


def unqualified_targets(text: str, known: frozenset[str] = frozenset()) -> set[str]:
    """Tables named without schema that are neither the server's (pg_*), nor a CTE, nor temporary, nor in `known`."""
    statement = bare(text)
    local = {name.lower() for name in CTE.findall(statement)} | {name.lower() for name in TEMPORARY.findall(statement)}
    found = set()
    for match in TARGET.finditer(NO_TARGET.sub(" ", statement)):
        name = match["name"].lower()
        if match["call"] and match["verb"].lower() != "into":
            continue  # a function, or the columns of JOIN ... USING (...)
        if "." not in name and not name.startswith("pg_") and name not in local | known | KEYWORDS:
            found.add(name)
    return found


KEYWORDS = frozenset(
    {"select", "set", "values", "unnest", "lateral", "only", "skip", "of", "nowait", "stdin", "strict"}
)
