"""The migrated database as a whole: who owns rows, what is append-only, what a role may do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from tests.architecture.source_tree import LAYERS

# The queue's tables are its authors'; everything else in the database is ours.
OURS = frozenset(LAYERS)

# Rows without an owner: configuration, copied to every shard. Everything else in these schemas belongs to a member.
MEMBER_SCHEMAS = (
    "points", "tiers", "members", "checkout", "habits", "plans", "benefits", "coupons", "pricing", "messaging",
    "grants", "terms", "stock", "webhooks",
)  # fmt: skip
WITHOUT_OWNER = {
    "messaging.early_receipt": "named by the provider alone, until its message is known",
    "points.book": "the books of the programme",
    "points.root": "the signed root of a day",
    "points.root_branch": "digests under the root of a day",
    "points.signing_key": "keys that signed roots",
    "points.closed_day": "the business days that are closed",
    "points.day_sum": "sums of the journal by closed day",
    "points.lot_day_sum": "what closed days did to lots, in sums",
    "points.pause": "causes that are paused",
    "points.cause_hour": "sums over all members, by cause and hour",
    "points.partner_total": "what members compete for, by partner",
    "points.partner_ticket": "what members compete for, by partner",
    "points.settlement": "the files of days, by partner",
    "points.sweep_part": "how far each part of a sweep has come",
    "checkout.ticketed": "decided once by order, by its placing or by the sweep, which knows no member",
    "coupons.code_batch": "codes for whoever gets them",
    "coupons.code": "distributed by itself, until somebody takes it and with it",
    "coupons.claim": "decided once by copy, by its issue or by the sweep, which knows no member",
    "grants.bulk": "what is given, to many members",
    "grants.refused_row": "rows of lists that name nobody",
    "checkout.payment": "of a statement, named by its reference; whose it is, its instruction says",
    "checkout.payment_statement": "a day's statement as a whole, which is the shop's",
    "checkout.payment_version": "the same, as it was told before",
    "stock.resource": "what members compete for",
    "stock.definition": "who made a resource how large",
    "stock.counter": "what is left of a resource, in parts",
    "stock.ticket_change": "distributed by resource, as the ticket is",
    "terms.announcement": "whom a version is told to: everybody",
    "webhooks.endpoint": "who is told of all members",
    "webhooks.secret": "what endpoints are signed to with",
    "webhooks.kafka_stream": "which worker writes the events of all members",
    "members.card_key": "from when which key signs the codes of all cards",
    "members.key_check": "which master key the wrapped keys belong to",
    "members.export": "files of many members, for who asked",
    "members.identity_source": "the outside systems whose ids are known",
    "members.passkey_challenge": "nobody's yet: who answers it may be no member",
    "members.sign_in_code": "nobody's yet: who reads the code may be no member",
    "members.sign_in_flow": "nobody's yet: who comes back from a provider may be no member",
    "members.sign_in_pace": "by phone and by address, which are nobody's yet",
}
# These name a member and are not the member's (docs/decisions/0003).
DIRECTORY = "platform.directory"
NOT_BY_MEMBER = {
    DIRECTORY: "distributed by what is looked up",
    "staff.audit": "one chain of what staff did; member_id says to whom",
    "stock.ticket": "distributed by resource; member_id says who has it",
    "stock.share": "distributed by resource, where its members compete",
}

# Insert and select, for everyone but the owner who migrates.
JOURNALS = (
    "points.posting",
    "points.reward",
    "points.adjustment",
    "points.adjustment_decision",
    "points.exchange",
    "points.settlement",
    "tiers.change",
    "members.state_change",
    "members.touch",
    "members.consent",
    "messaging.evidence",
    "terms.acceptance",
    "messaging.receipt",
    "checkout.order_tender",
    "checkout.refund",
    "checkout.refund_line",
    "checkout.refund_request_line",
    "checkout.refund_request_change",
    "checkout.instruction_change",
    "checkout.payment_version",
    "rulebook.document",
    "rulebook.transition",
    "staff.audit",
    "staff.audit_root",
    "staff.approval",
    "staff.approval_decision",
    "staff.approval_outcome",
    "stock.definition",
    "stock.ticket_change",
    "coupons.coupon_change",
    "coupons.claim",
    "coupons.pack_issued",
    "coupons.exposure",
    "catalogue.price_change",
    "catalogue.sku_price_change",
)

Connection = psycopg.Connection[tuple[Any, ...]]

UNIQUE_INDEXES = """
    SELECT n.nspname || '.' || t.relname, i.relname, x.indisprimary,
           array(SELECT a.attname::text FROM pg_attribute a WHERE a.attrelid = t.oid AND a.attnum = ANY (x.indkey))
    FROM pg_index x
    JOIN pg_class i ON i.oid = x.indexrelid
    JOIN pg_class t ON t.oid = x.indrelid
    JOIN pg_namespace n ON n.oid = t.relnamespace
    WHERE x.indisunique AND t.relkind IN ('r', 'p')
"""
COLUMNS = """
    SELECT n.nspname || '.' || t.relname, a.attname::text, format_type(a.atttypid, a.atttypmod),
           coalesce(pg_get_expr(d.adbin, d.adrelid), ''), a.attidentity::text
    FROM pg_attribute a
    JOIN pg_class t ON t.oid = a.attrelid
    JOIN pg_namespace n ON n.oid = t.relnamespace
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
    WHERE t.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
"""
VIEW_READS = """
    SELECT DISTINCT view_schema || '.' || view_name, view_schema, table_schema, table_name
    FROM information_schema.view_table_usage
"""
PRIVILEGES = """
    SELECT n.nspname || '.' || t.relname, p.privilege
    FROM pg_class t
    JOIN pg_namespace n ON n.oid = t.relnamespace
    CROSS JOIN unnest(ARRAY['INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS p (privilege)
    WHERE t.relkind IN ('r', 'p', 'v') AND n.nspname = ANY (%(schemas)s)
      AND has_table_privilege(%(role)s, t.oid, p.privilege)
"""


@pytest.fixture
def owner(owner_url: str) -> Iterator[Connection]:
    """The migrated database under the owner's role; what a test changes is rolled back."""
    with psycopg.connect(owner_url) as connection:
        yield connection
        connection.rollback()


def schema(table: str) -> str:
    return table.partition(".")[0]


def columns(owner: Connection) -> dict[str, dict[str, tuple[str, str, str]]]:
    """table -> column -> (type, default, identity) of our schemas."""
    found: dict[str, dict[str, tuple[str, str, str]]] = {}
    for table, column, kind, default, identity in owner.execute(COLUMNS).fetchall():
        if schema(table) in OURS:
            found.setdefault(table, {})[column] = (kind, default, identity)
    assert len(found) > 20, sorted(found)
    return found


def not_distributable(owner: Connection) -> list[str]:
    """Member-owned tables that one shard could not hold by itself: a key without member_id, or no key at all."""
    tables = columns(owner)
    owned = {table for table, its in tables.items() if "member_id" in its} - set(NOT_BY_MEMBER)
    assert owned > {"points.posting", "checkout.orders", "members.member", "tiers.standing", "platform.outbox"}
    faults = [f"{table}: whose row is it?" for table in ownerless(tables)]
    keyed = set()
    for table, index, primary, indexed in owner.execute(UNIQUE_INDEXES).fetchall():
        if table in owned:
            keyed.add(table) if primary else None
            faults += [] if "member_id" in indexed else [f"{table}: {index} is unique without member_id"]
    return faults + [f"{table}: no primary key" for table in sorted(owned - keyed)]


def ownerless(tables: dict[str, dict[str, tuple[str, str, str]]]) -> list[str]:
    return sorted(
        table
        for table, its in tables.items()
        if schema(table) in MEMBER_SCHEMAS and "member_id" not in its and table not in WITHOUT_OWNER
    )


def wrong_columns(owner: Connection) -> list[str]:
    """Floats, instants without zone, and defaults or identities that a shard or a replay could not give back."""
    faults = []
    for table, its in columns(owner).items():
        for column, (kind, default, identity) in its.items():
            if kind in {"real", "double precision", "money"} or kind.startswith("numeric"):
                faults.append(f"{table}.{column}: {kind}; amounts are integers")
            if kind.startswith("timestamp") and "with time zone" not in kind:
                faults.append(f"{table}.{column}: {kind}; an instant has a zone")
            if identity or any(word in default for word in ("nextval", "now()", "CURRENT_", "gen_random_uuid")):
                faults.append(f"{table}.{column}: {default or 'identity'}; the program says ids and instants")
    return faults


def nosy_views(owner: Connection) -> list[str]:
    """Views that read another module's tables; `_facts` views of others and the directory may be read."""
    read = owner.execute(VIEW_READS).fetchall()
    assert len(read) > 5
    return [
        f"{view} reads {table_schema}.{table}"
        for view, view_schema, table_schema, table in read
        if view_schema in OURS
        and table_schema != view_schema
        and table_schema in OURS
        and not (table.startswith(f"{table_schema}_") and table.endswith("_facts"))
        and f"{table_schema}.{table}" != DIRECTORY
    ]


def privileges(owner: Connection, role: str) -> set[tuple[str, str]]:
    """(table, privilege) beyond SELECT that `role` holds in our schemas."""
    return set(owner.execute(PRIVILEGES, {"role": role, "schemas": sorted(OURS)}).fetchall())


@pytest.mark.requirement("INV-4", "OPS-03")
def test_every_key_of_a_member_owned_table_contains_the_member(owner: Connection) -> None:
    assert not_distributable(owner) == []


@pytest.mark.requirement("INV-1", "INV-8")
def test_columns_hold_integers_and_instants_that_the_program_said(owner: Connection) -> None:
    assert wrong_columns(owner) == []


def test_views_look_no_further_than_stores_do(owner: Connection) -> None:
    assert nosy_views(owner) == []


@pytest.mark.requirement("SEC-03", "INV-2")
def test_the_application_can_not_change_what_was_written_to_a_journal(owner: Connection, database_url: str) -> None:
    held = privileges(owner, "huixiang_app")
    for journal in JOURNALS:
        assert (journal, "INSERT") in held, journal
        assert not {(journal, "UPDATE"), (journal, "DELETE"), (journal, "TRUNCATE")} & held, journal
    with psycopg.connect(database_url) as application, pytest.raises(psycopg.errors.InsufficientPrivilege):
        application.execute("UPDATE points.posting SET points = 0")


@pytest.mark.requirement("SEC-03")
def test_reports_can_only_read(owner: Connection) -> None:
    assert privileges(owner, "huixiang_read") == set()


@pytest.mark.requirement("SEC-03")
def test_only_the_owner_owns_and_nobody_is_above_the_law(owner: Connection) -> None:
    roles = owner.execute(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname ~ '^huixiang_'"
    ).fetchall()
    assert {name for name, *_ in roles} == {"huixiang_owner", "huixiang_app", "huixiang_read"}
    for name, *powers in roles:
        assert not any(powers), name
    owned = owner.execute(
        "SELECT DISTINCT pg_get_userbyid(c.relowner) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname = ANY (%s)",
        [sorted(OURS)],
    ).fetchall()
    assert owned == [("huixiang_owner",)]
    makers = owner.execute(
        "SELECT n.nspname FROM pg_namespace n WHERE has_schema_privilege('huixiang_app', n.oid, 'CREATE')"
    ).fetchall()
    assert makers == []


@pytest.mark.parametrize(
    ("statement", "finds"),
    [
        ("CREATE TABLE points.a (member_id uuid, key text PRIMARY KEY)", not_distributable),
        ("CREATE TABLE points.a (member_id uuid PRIMARY KEY, key text UNIQUE)", not_distributable),
        ("CREATE TABLE points.a (member_id uuid)", not_distributable),
        ("CREATE TABLE points.a (lot_id uuid PRIMARY KEY)", not_distributable),
        ("CREATE TABLE staff.a (rate double precision)", wrong_columns),
        ("CREATE TABLE staff.a (amount numeric(12, 2))", wrong_columns),
        ("CREATE TABLE staff.a (at timestamp)", wrong_columns),
        ("CREATE TABLE staff.a (at timestamptz DEFAULT now())", wrong_columns),
        ("CREATE TABLE staff.a (id bigint GENERATED ALWAYS AS IDENTITY)", wrong_columns),
        ("CREATE TABLE staff.a (id bigserial)", wrong_columns),
        ("CREATE VIEW tiers.a AS SELECT member_id FROM points.account", nosy_views),
        ("GRANT UPDATE ON points.posting TO huixiang_read", lambda owner: privileges(owner, "huixiang_read")),
    ],
)
def test_what_would_break_a_law_is_caught(owner: Connection, statement: str, finds: Any) -> None:
    before = set(finds(owner))
    owner.execute(statement)
    assert len(set(finds(owner)) - before) == 1
