"""Where SQL stands, which tables it names, and that it asks neither the clock nor chance."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from functools import cache

import pytest

from tests.architecture import statements
from tests.architecture.source_tree import LAYERS, ROOT, SourceFile, program

SCHEMAS = frozenset(LAYERS) - {"entry", "conditions", "kernel"}  # these keep no tables
SHARED_TABLES = frozenset({("platform", "directory")})
# What points last may depend on the tier (PTS-11), and tiers stand above points. An inbox has what was sent to who was
# merged into its member (MEM-02), and members stand above messaging. No other view is read upward.
UPWARD = frozenset({("points", "tiers", "tiers_facts"), ("messaging", "members", "members_aliases_facts")})
VIEW = re.compile(r"\bCREATE\s+VIEW\s+([a-z_]+)\.([a-z_]+)", re.IGNORECASE)
ASKS_THE_DATABASE = frozenset({"fetch", "fetchrow", "fetchval", "execute", "executemany", "copy_in"})
MIGRATIONS = ROOT / "db" / "migrations" / "sql"
NOT_OURS = frozenset({"0011_jobs.sql"})  # the job queue's own tables, as its authors declare them
# It guards what is kept against who calls it, and may therefore not be told the time by them.
ASKED_AGAINST_THE_CALLER = frozenset({"0037_message_receipts.sql: clock_timestamp("})


def may_hold_sql(file: SourceFile) -> bool:
    return file.role == "store" or file.module == "platform" or (file.module, file.role) == ("conditions", "sql")


def strays(files: Iterable[SourceFile]) -> list[str]:
    """SQL, and calls that run it, outside stores. Platform, which is what stores stand on, is excepted, and the
    compiler of conditions, which names no table: views come from the registry, and stores run what it writes."""
    faults = []
    for file in files:
        if may_hold_sql(file):
            continue
        faults += [f"{file.path}:{line}: SQL" for line, text in file.strings() if statements.is_statement(text)]
        for node in ast.walk(file.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                receiver = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
                if node.func.attr in ASKS_THE_DATABASE and receiver in {
                    "tx",
                    "transaction",
                    "connection",
                    "database",
                    "db",
                }:
                    faults.append(f"{file.path}:{node.lineno}: {receiver}.{node.func.attr}()")
    return faults


def foreign_tables(files: Iterable[SourceFile]) -> list[str]:
    """Tables of other modules in a store: only `platform.directory`, and views of modules below whose name begins with
    the module's and ends with `_facts`, may be read."""
    faults = []
    for file in files:
        if not may_hold_sql(file):
            continue
        temporary = frozenset(name for _, text in file.strings() for name in statements.TEMPORARY.findall(text))
        for line, text in file.strings():
            if statements.is_statement(text):
                named = statements.qualified_names(text, SCHEMAS)
                faults += [
                    f"{file.path}:{line}: {schema}.{name}" for schema, name in named if not allowed(file, schema, name)
                ]
                bare = statements.unqualified_targets(text, temporary)
                faults += [f"{file.path}:{line}: {name} without its schema" for name in sorted(bare)]
        faults += [f"{file.path}:{line}: copies into {name}" for line, name in copied_into(file) if not own(file, name)]
    return faults


def allowed(file: SourceFile, schema: str, name: str) -> bool:
    if schema == file.module or (schema, name) in SHARED_TABLES:
        return True
    below = LAYERS.index(schema) > LAYERS.index(file.module) or (file.module, schema, name) in UPWARD
    return below and is_facts(schema, name)


def is_facts(schema: str, name: str) -> bool:
    """`points.points_facts`, and of one kind alone, `points.points_growth_facts`: a view, not a table named so."""
    named = name == f"{schema}_facts" or (name.startswith(f"{schema}_") and name.endswith("_facts"))
    return named and (schema, name) in views()


@cache
def views() -> frozenset[tuple[str, str]]:
    """(schema, name) of every view that the migrations make."""
    return frozenset(
        (schema, name) for path in MIGRATIONS.glob("*.sql") for schema, name in VIEW.findall(path.read_text())
    )


def own(file: SourceFile, table: str) -> bool:
    return table.partition(".")[0] == file.module or tuple(table.split(".")) in SHARED_TABLES


def copied_into(file: SourceFile) -> list[tuple[int, str]]:
    """Tables given by name to copy_in, with their line."""
    found = []
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "copy_in":
            tables = [keyword.value for keyword in node.keywords if keyword.arg == "table"] or node.args[:1]
            found += [(node.lineno, str(table.value)) for table in tables if isinstance(table, ast.Constant)]
    return found


def asks_clock_or_chance(statements_by_place: Iterable[tuple[str, str]]) -> list[str]:
    return [
        f"{place}: {match.group(0)}"
        for place, text in statements_by_place
        for match in statements.CLOCK_OR_CHANCE.finditer(statements.bare(text))
    ]


def all_statements() -> list[tuple[str, str]]:
    """Every SQL string of the program and every migration, with its place."""
    written = [
        (f"{file.path}:{line}", text)
        for file in program()
        for line, text in file.strings()
        if statements.is_statement(text)
    ]
    migrations = [
        (path.name, path.read_text()) for path in sorted(MIGRATIONS.glob("*.sql")) if path.name not in NOT_OURS
    ]
    assert len(written) > 20
    assert len(migrations) >= 8
    return written + migrations


def test_sql_stands_in_stores_only() -> None:
    assert strays(program()) == []


@pytest.mark.parametrize(
    "line",
    [
        'FIND = "SELECT member_id FROM members.member WHERE number = $1"',
        'FIND = "select 1 from points.posting"',
        'x = f"UPDATE points.account SET balance = {n}"',
        'x = "insert into points.lot (member_id) values ($1)"',
        'x = "DELETE FROM points.hold"',
        'x = "WITH a AS (SELECT 1) TABLE a"',
        "async def f(tx):\n    await tx.fetchrow(QUESTION)",
        "async def f(tx):\n    await tx.copy_in(table='points.lot', columns=[], records=[])",
    ],
)
def test_stray_sql_is_caught(line: str) -> None:
    assert strays([SourceFile("points/service.py", line)]) != []


def test_a_sentence_is_not_sql() -> None:
    sentences = (
        '"""Select what is due from the lots."""\n'
        'A = "Update your phone number"\n'
        'B = "Select a store from the list"\n'
        'C = "Delete it"\n'
        'D = "with what it came from"\n'
    )
    assert strays([SourceFile("points/service.py", sentences)]) == []


def test_a_store_names_its_own_tables_the_directory_and_facts() -> None:
    assert foreign_tables(program()) == []


@pytest.mark.parametrize(
    "line",
    [
        'Q = "SELECT 1 FROM members.member"',
        'Q = "SELECT 1 FROM points.account a JOIN members.member m USING (member_id)"',
        'Q = "SELECT 1 FROM points.account, members.member"',
        'Q = "WITH a AS (SELECT 1 FROM checkout.orders) SELECT a.x FROM a"',
        'Q = "SELECT (SELECT tier FROM tiers.standing s WHERE s.member_id = $1)"',
        'Q = "SELECT 1 FROM platform.outbox"',
        'Q = "SELECT 1 FROM account WHERE member_id = $1"',
        'Q = "UPDATE account SET balance = 0 WHERE member_id = $1"',
        'Q = "INSERT INTO posting (member_id) VALUES ($1)"',
        'async def f(tx):\n    await tx.copy_in(table="members.member", columns=[], records=[])',
    ],
)
def test_a_foreign_table_is_caught(line: str) -> None:
    assert foreign_tables([SourceFile("points/store.py", line)]) != []


@pytest.mark.parametrize(
    ("store", "named"),
    [
        ("points/store.py", "checkout.checkout_facts"),  # of a module above
        ("members/store.py", "points.points_growth_facts"),
        ("points/store.py", "insight.insight_facts"),
        ("checkout/store.py", "points.posting_facts"),  # not the module's name
        ("checkout/store.py", "points.points_facts_of_growth"),
        ("checkout/store.py", "points.points_old_facts"),  # no view of that name
        ("checkout/store.py", "platform.outbox_facts"),
        ("checkout/store.py", "tiers.standing"),
    ],
)
def test_facts_that_are_not_below_or_no_view_are_caught(store: str, named: str) -> None:
    assert foreign_tables([SourceFile(store, f'Q = "SELECT 1 FROM {named}"')]) != []  # noqa: S608 - not run


def test_what_is_read_upward_is_read() -> None:
    """What is no longer needed does not stay allowed."""
    for module, schema, name in UPWARD:
        texts = [text for file in program() if file.module == module for _, text in file.strings()]
        assert any(f"{schema}.{name}" in text for text in texts)


def test_what_a_store_may_name_is_let_through() -> None:
    lines = """
Q1 = "SELECT 1 FROM platform.directory d JOIN points.account a USING (member_id) WHERE d.key = $1 FOR UPDATE OF a"
Q2 = "WITH due AS (SELECT 1 FROM points.lot), b (x) AS MATERIALIZED (SELECT 1) UPDATE points.account SET a = 0 FROM due"
Q3 = "SELECT f.tier FROM tiers.tiers_facts f WHERE extract(epoch FROM f.since) > 0 AND f.tier IS DISTINCT FROM $2"
Q4 = "INSERT INTO points.posting (member_id) SELECT * FROM unnest($1::uuid[]) ON CONFLICT (key) DO UPDATE SET a = 1"
Q5 = "CREATE TEMPORARY TABLE staging (member_id uuid) ON COMMIT DROP"
Q6 = "SELECT 1 FROM staging JOIN points.account USING (member_id) FOR NO KEY UPDATE SKIP LOCKED"
Q7 = "DELETE FROM points.hold WHERE state = 'taken from members.member' -- from members.member"
"""
    assert foreign_tables([SourceFile("points/store/holds.py", lines)]) == []


def test_sql_asks_neither_the_clock_nor_chance() -> None:
    """But for one that has to: it asks once, and what no longer asks does not stay allowed."""
    assert sorted(asks_clock_or_chance(all_statements())) == sorted(ASKED_AGAINST_THE_CALLER)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT now()",
        "UPDATE points.hold SET expires_at = CURRENT_TIMESTAMP",
        "CREATE TABLE a.b (id uuid DEFAULT gen_random_uuid(), at timestamptz DEFAULT clock_timestamp())",
        "SELECT uuidv7()",
        "SELECT current_date - 1",
        "SELECT * FROM points.lot ORDER BY random()",
    ],
)
def test_a_question_to_the_clock_or_to_chance_is_caught(text: str) -> None:
    assert asks_clock_or_chance([("sample", text)]) != []


def test_columns_and_comments_about_time_are_let_through() -> None:
    assert asks_clock_or_chance([("sample", "SELECT recorded_at, 'now()' FROM points.posting -- never now()")]) == []


CHOSEN_INSIDE = re.compile(r"(?P<before>[\w ]*)\((?=[^()]*(?:\([^()]*\)[^()]*)*SKIP\s+LOCKED\s*\))", re.IGNORECASE)
ONCE = ("MATERIALIZED", "LATERAL")


def chosen_again(statements_by_place: Iterable[tuple[str, str]]) -> list[str]:
    """Locking subqueries that a plan may run once for each row beside them. What their statement has changed is
    skipped then, others are chosen in its place, and their limit bounds nothing."""
    return [
        place
        for place, text in statements_by_place
        for match in CHOSEN_INSIDE.finditer(statements.bare(text))
        if not match["before"].upper().rstrip().endswith(ONCE)
    ]


def test_what_is_chosen_under_locks_is_chosen_once() -> None:
    assert chosen_again(all_statements()) == []


@pytest.mark.parametrize(
    "text",
    [
        "UPDATE a.b SET c = 1 FROM (\nSELECT id FROM a.b LIMIT $1 FOR UPDATE SKIP LOCKED\n) AS due WHERE b.id = due.id",
        "DELETE FROM a.b WHERE id IN (SELECT id FROM a.b WHERE d <= coalesce($2, $3) LIMIT $1 FOR UPDATE SKIP LOCKED)",
        "WITH due AS (SELECT id FROM a.b LIMIT $1 FOR UPDATE SKIP LOCKED) DELETE FROM a.b WHERE id IN (TABLE due)",
    ],
)
def test_what_a_plan_may_choose_again_is_caught(text: str) -> None:
    assert chosen_again([("sample", text)]) != []


def test_what_is_chosen_once_is_let_through() -> None:
    once = "WITH due AS MATERIALIZED (SELECT id FROM a.b LIMIT $1 FOR UPDATE SKIP LOCKED) DELETE FROM a.b USING due"
    locked = "SELECT id FROM a.b WHERE id IN (SELECT id FROM a.c) ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED"
    assert chosen_again([("sample", once), ("sample", locked)]) == []
