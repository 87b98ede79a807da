"""docs/domain/points.md says what the ledger does: columns, examples, layout and test vectors."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
import pytest

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.ids import new_id
from huixiang.points import service
from huixiang.points.model import (
    CHAIN_START,
    NEVER,
    Account,
    Book,
    ClawBack,
    Command,
    Credit,
    EarningFacts,
    EarningLine,
    EarningRules,
    Mature,
    Posting,
    Source,
)
from huixiang.points.rules.canonical import encode_posting, link
from huixiang.points.rules.ledger import apply
from tests.documents.pages import json_blocks, number, page, sections, shipped, table, table_rows

SECTIONS = sections(page("points"))
MEMBER = UUID("01a1f3a0-5c00-7000-8000-00000000abcd")
START = datetime(2026, 3, 1, tzinfo=UTC)


def test_every_column_of_a_posting_is_explained() -> None:
    named = [column for row in table(SECTIONS["A posting"]) for column in row["column"].split(", ")]
    assert sorted(named) == sorted(Posting.__struct_fields__)


def test_the_books_are_those_there_are() -> None:
    listed = [
        (row["book"].strip("`"), int(row["number"]), row["lots"][:3]) for row in table(SECTIONS["Books and accounts"])
    ]
    assert listed == [(book.code, int(book), "yes" if book.has_lots else "no:") for book in Book]


def command(text: str, place: int) -> Command:
    """`earn A 100 pending`, `take back A 40` or `mature`, on the day of its place in the example."""
    words = text.split()
    source = Source(
        key=f"order:{words[1]}:earn" if words[0] == "earn" else str(place),
        cause="example",
        counter_account="example",
        occurred_at=START + timedelta(days=place),
    )
    if words[0] == "mature":
        return Mature(member_id=MEMBER, book=Book.POINTS, source=source)
    if words[0] == "take":
        origin = f"order:{words[2]}:earn"
        return ClawBack(member_id=MEMBER, book=Book.POINTS, points=int(words[3]), source=source, origin_key=origin)
    return Credit(
        member_id=MEMBER,
        book=Book.POINTS,
        points=int(words[2]),
        source=source,
        expires_on=date(2026, 12, 31) if words[1] == "B" else NEVER,
        matures_at=START + timedelta(days=2) if "pending" in words else None,
    )


@pytest.mark.requirement("PTS-12")
def test_the_worked_example_of_commands() -> None:
    account = Account(MEMBER, Book.POINTS)
    lots: dict[str, list[int]] = {}
    total = 0
    for place, row in enumerate(table_rows(SECTIONS["Worked example: seven commands"])):
        done = command(row[0], place)
        origin = lots.get(done.origin_key, []) if isinstance(done, ClawBack) else []
        posting = apply(account, done, START + timedelta(days=place), origin)
        assert posting is not None
        lots[posting.key] = list(posting.alloc[::2])
        moved = [(int(lot), number(amount)) for lot, _, amount in (pair.partition(":") for pair in row[4].split())]
        assert (posting.points, posting.pending_delta, posting.debt_delta) == tuple(map(number, row[1:4]))
        assert list(zip(posting.alloc[::2], posting.alloc[1::2], strict=True)) == moved
        after = (account.balance, account.pending, account.debt, account.available)
        assert after == tuple(map(number, row[5:]))
        total += posting.points
        assert total == account.balance - account.debt
    assert account.seq == 7


def test_the_worked_example_of_earning() -> None:
    text = SECTIONS["Worked example: an order"]
    rules = shipped("earning.default", EarningRules)
    facts = EarningFacts(business_day=date(2026, 3, 19), tier="silver")
    rows = table(text)
    lines = [EarningLine(row["line"], int(row["paid_fen"]), (row["category"],)) for row in rows]
    earned = service.earned(rules, lines, facts)
    assert earned.by_line == [int(row["points"]) for row in rows]
    assert f"hence {earned.points} points" in text
    for line, row in zip(lines, rows, strict=True):
        assert service.earned(rules, [line], facts).points == line.paid_fen * int(row["multiplier_bp"]) // 1_000_000
    valid = service.validity(rules, datetime(2026, 3, 19, 4, tzinfo=UTC), BusinessCalendar("Asia/Shanghai"))
    assert valid.matures_at is not None
    assert f"`{valid.matures_at:%Y-%m-%dT%H:%M:%SZ}`" in text
    assert "31 March 2027" in text
    assert valid.expires_on == date(2027, 3, 31)


VECTORS = json_blocks(SECTIONS["Test vectors"])


def by_the_page(vector: dict[str, Any]) -> bytes:
    """The canonical bytes, built from the page's table alone."""

    def integer(value: int, size: int, *, signed: bool = True) -> bytes:
        return value.to_bytes(size, "big", signed=signed)

    def instant(text: str) -> bytes:
        return integer(
            (datetime.fromisoformat(text) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1), 8
        )

    def text(value: str | None) -> bytes:
        encoded = (value or "").encode()
        return integer(2**32 - 1 if value is None else len(encoded), 4, signed=False) + encoded

    fixed = [
        integer(1, 1),
        bytes.fromhex(vector["member_id"].replace("-", "")),
        integer(vector["book"], 2, signed=False),
        *(integer(vector[name], 8) for name in ("seq", "points", "held_delta", "pending_delta", "debt_delta")),
        instant(vector["occurred_at"]),
        instant(vector["recorded_at"]),
        integer(-1 if vector["rule_version"] is None else vector["rule_version"], 4),
        bytes.fromhex((vector["order_ref"] or "0" * 32).replace("-", "")),
    ]
    texts = [text(vector[name]) for name in ("kind", "cause", "counter_account", "budget", "rule", "key")]
    numbers = [integer(len(vector["alloc"]), 4, signed=False), *(integer(one, 8) for one in vector["alloc"])]
    return b"".join([*fixed, *texts, bytes.fromhex(vector["input_hash"]), *numbers])


@pytest.mark.requirement("PTS-15")
def test_the_table_of_the_layout_adds_up() -> None:
    rows = table(SECTIONS["Canonical bytes, version 1"])
    place = 0
    for row in rows:
        if row["offset"]:
            assert int(row["offset"]) == place
        place += int(row["bytes"]) if row["bytes"].isdigit() else 0
        if row["offset"] == "95":
            break
    assert place == 95


@pytest.mark.requirement("PTS-15")
def test_there_are_three_vectors_and_they_are_one_chain() -> None:
    assert len(VECTORS) == 3
    heads = [CHAIN_START.hex(), *(vector["head_after"] for vector in VECTORS)]
    assert [vector["head_before"] for vector in VECTORS] == heads[:-1]
    assert [vector["seq"] for vector in VECTORS] == [1, 2, 3]


@pytest.mark.requirement("PTS-15")
@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["kind"])
def test_a_vector_by_the_page_and_by_the_program(vector: dict[str, Any]) -> None:
    canonical = bytes.fromhex(vector["canonical"])
    assert by_the_page(vector) == canonical
    fields = {name: value for name, value in vector.items() if name not in ("head_before", "canonical", "head_after")}
    posting = msgspec.convert(
        fields | {"input_hash": b"", "hash": b"", "alloc": tuple(fields["alloc"])}, Posting, strict=True
    )
    encoded = encode_posting(
        **{name: getattr(posting, name) for name in Posting.__struct_fields__ if name not in ("hash", "input_hash")},
        input_hash=bytes.fromhex(fields["input_hash"]),
    )
    assert encoded == canonical
    before = bytes.fromhex(vector["head_before"])
    assert sha256(before + sha256(canonical).digest()).hexdigest() == vector["head_after"]
    assert link(before, canonical).hex() == vector["head_after"]


def test_the_hash_of_what_was_asked() -> None:
    """As the page says it: texts joined by zero bytes."""
    texts = {
        1: "Credit|128|consumption|issued:consumption||earning.default|1",
        2: "Mature|0|mature||||None",
        3: "ClawBack|130|退货|clawed_back:refund|spring||None",
    }
    for vector in VECTORS:
        occurred = datetime.fromisoformat(vector["occurred_at"]) - datetime(1970, 1, 1, tzinfo=UTC)
        order = (vector["order_ref"] or "0" * 32).replace("-", "")
        asked = [*texts[vector["seq"]].split("|"), str(occurred // timedelta(microseconds=1)), order]
        assert sha256("\0".join(asked).encode()).hexdigest() == vector["input_hash"]


def test_a_key_is_one_of_those_the_page_names() -> None:
    order = new_id()
    assert service.earn_key(order) == f"order:{order}:earn"
    assert "`order:<id>:earn`" in SECTIONS["A posting"]
