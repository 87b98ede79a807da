"""docs/domain/points.md says what the ledger does: columns, examples, layout and test vectors."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, get_args, get_type_hints
from uuid import UUID, uuid5

import msgspec
import pytest

from huixiang.conditions.facts import Facts
from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.ids import new_id
from huixiang.platform.db import Database
from huixiang.points import service
from huixiang.points.model import (
    CHAIN_START,
    POINTS,
    Account,
    Capture,
    ClawBack,
    Command,
    Credit,
    EarningLine,
    EarningRules,
    Hold,
    Posting,
    Receive,
    Release,
    Return,
    Settle,
    Source,
    Spend,
    origin_key,
)
from huixiang.points.rules.canonical import encode_posting, link
from huixiang.points.rules.ledger import apply
from huixiang.points.rules.moment import moment
from huixiang.points.rules.origins import Origin
from tests.documents.pages import MINUS, json_blocks, page, sections, shipped, table, table_rows

SECTIONS = sections(page("points"))
MEMBER = UUID("01a1f3a0-5c00-7000-8000-00000000abcd")
START = datetime(2026, 3, 1, tzinfo=UTC)


def test_every_column_of_a_posting_is_explained() -> None:
    named = [column for row in table(SECTIONS["A posting"]) for column in row["column"].split(", ")]
    assert sorted(named) == sorted(Posting.__struct_fields__)


def test_every_kind_is_explained() -> None:
    named = [kind.strip("`") for row in table(SECTIONS["Kinds"]) for kind in row["kind"].split(", ")]
    asked = [kind for command in (Credit, Receive, Spend) for kind in get_args(get_type_hints(command)["kind"])]
    others = ["hold", "merged_out", "capture", "release", "return", "claw_back", "mature", "expire"]
    assert sorted(named) == sorted({*asked, *others})


async def test_the_books_are_those_there_are(db: Database) -> None:
    listed = [
        (int(row["number"]), row["book"].strip("`"), row["lots"][:3] == "yes")
        for row in table(SECTIONS["Books and accounts"])
    ]
    async with db.transaction() as tx:
        kept = await tx.fetch("SELECT book, code, has_lots FROM points.book ORDER BY book")
    assert listed == [tuple(book) for book in kept]


class Example:
    """An account to which the page's commands are done, day by day."""

    def __init__(self) -> None:
        self.account = Account(MEMBER, POINTS)
        self.made: dict[str, Origin] = {}
        self.postings: list[Posting] = []

    def row(self, day: int, text: str) -> list[str]:
        """The cells of a row after its command."""
        now = START + timedelta(days=day - 1)
        command = self.command(now, text)
        origin = self.made.get(origin_key(command) or "")
        outcome = apply(self.account, command, moment(now, BusinessCalendar("UTC")), origin)
        posting = outcome.posting or outcome.settled[-1]
        settled = (
            [one.kind for one in outcome.settled] if outcome.posting else [one.kind for one in outcome.settled[:-1]]
        )
        for one in (*outcome.settled, *([outcome.posting] if outcome.posting else [])):
            self.postings.append(one)
            self.made[one.key] = Origin(one)
            if ended := self.made.get(one.origin_key or ""):
                ended.reversals.append(one)
        account = self.account
        deltas = (posting.points, posting.pending_delta, posting.held_delta, posting.debt_delta)
        after = (account.balance, account.pending, account.held, account.debt, account.available)
        return [
            ", ".join(settled), *map(signed, deltas), lots_of(posting), *map(str, after),
        ]  # fmt: skip

    def command(self, now: datetime, text: str) -> Command:
        words = text.replace(",", "").split()
        points = next((int(word) for word in words if word.isdigit()), 0)
        key = f"{text} {len(self.postings)}"
        if words[0] in ("earn", "spend"):
            key = words[1]
        source = Source(key=key, cause="example", counter_account="example", occurred_at=now)
        of: dict[str, Any] = {"member_id": MEMBER, "book": POINTS, "source": source}
        hold_id = uuid5(MEMBER, words[-2 if points else -1])
        match words[0]:
            case "earn":
                matures_at = START + timedelta(days=int(words[6]) - 1) if "pending" in words else None
                last_day = START.date() + timedelta(days=int(words[-1]) - 1)
                return Credit(points=points, expires_on=last_day, matures_at=matures_at, **of)
            case "spend":
                return Spend(points=points, **of)
            case "hold":
                return Hold(points=points, hold_id=hold_id, expires_at=None, **of)
            case "capture":
                return Capture(points=points, hold_id=hold_id, **of)
            case "release":
                return Release(hold_id=hold_id, **of)
            case "return":
                return Return(points=points, origin_key=words[1], **of)
            case "take":
                return ClawBack(points=points, origin_key=words[2], **of)
            case _:
                return Settle(member_id=MEMBER, book=POINTS)


def signed(number: int) -> str:
    return f"{number:+}".replace("-", MINUS) if number else "0"


def lots_of(posting: Posting) -> str:
    """`3:+15` opened or changed, `2:0(+20)` where only what is held of it changes."""
    triples = zip(*[iter(posting.alloc)] * 3, strict=True)
    changed = [f"{lot}:{signed(left)}" + (f"({signed(held)})" if held else "") for lot, left, held in triples]
    opened = [f"{lot}:{signed(points)}" for lot, points, *_ in zip(*[iter(posting.opened)] * 5, strict=True)]
    return " ".join(changed + opened)


@pytest.mark.requirement("PTS-07")
@pytest.mark.requirement("PTS-12")
def test_the_worked_example_of_commands() -> None:
    example = Example()
    rows = table_rows(SECTIONS["Worked example: a hold, a refund, a debt"])
    for day, text, *cells in rows:
        assert example.row(int(day), text) == cells, text
    assert len(rows) == 14
    points = sum(posting.points for posting in example.postings)
    assert points == example.account.balance - example.account.debt
    said = f"The points of the {len(example.postings)} postings add up to {points}"
    assert said in SECTIONS["Worked example: a hold, a refund, a debt"]


def test_the_worked_example_of_earning() -> None:
    text = SECTIONS["Worked example: an order"]
    rules = shipped("earning.default", EarningRules)
    noon = datetime(2026, 3, 19, 4, tzinfo=UTC)
    facts = Facts(now=noon, calendar=BusinessCalendar("Asia/Shanghai"), member={"tier": "silver"})
    rows = table(text)
    lines = [EarningLine(row["line"], int(row["paid_fen"]), (row["category"],)) for row in rows]
    earned = service.earned(rules, lines, facts)
    assert earned.by_line == [int(row["points"]) for row in rows]
    assert f"hence {earned.points} points" in text
    for line, row in zip(lines, rows, strict=True):
        assert service.earned(rules, [line], facts).points == line.paid_fen * int(row["multiplier_bp"]) // 1_000_000
    valid = service.validity(rules, noon, BusinessCalendar("Asia/Shanghai"))
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
        *(integer(vector[name], 8) for name in ("seq", "points", "requested", "lapsed")),
        *(integer(vector[name], 8) for name in ("held_delta", "pending_delta", "debt_delta")),
        instant(vector["occurred_at"]),
        instant(vector["recorded_at"]),
        integer(-1 if vector["rule_version"] is None else vector["rule_version"], 4),
        bytes.fromhex((vector["order_ref"] or "0" * 32).replace("-", "")),
    ]
    names = ("kind", "cause", "counter_account", "budget", "rule", "key", "origin_key")
    numbers = [
        number
        for name in ("alloc", "opened")
        for number in (integer(len(vector[name]), 4, signed=False), *(integer(one, 8) for one in vector[name]))
    ]
    return b"".join([*fixed, *map(text, map(vector.get, names)), bytes.fromhex(vector["input_hash"]), *numbers])


@pytest.mark.requirement("PTS-15")
def test_the_table_of_the_layout_adds_up() -> None:
    rows = table(SECTIONS["Canonical bytes, version 1"])
    place = 0
    for row in rows:
        if row["offset"]:
            assert int(row["offset"]) == place
        place += int(row["bytes"]) if row["bytes"].isdigit() else 0
        if row["offset"] == "111":
            break
    assert place == 111


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
        fields | {"input_hash": b"", "hash": b"", "alloc": tuple(fields["alloc"]), "opened": tuple(fields["opened"])},
        Posting,
        strict=True,
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
        1: "Credit|130|consumption|issued:consumption||earning.default|1",
        2: "Hold|100|checkout||||None",
        3: "ClawBack|40|退货|clawed_back:refund|spring||None",
    }
    for vector in VECTORS:
        occurred = datetime.fromisoformat(vector["occurred_at"]) - datetime(1970, 1, 1, tzinfo=UTC)
        order = (vector["order_ref"] or "0" * 32).replace("-", "")
        last = [str(occurred // timedelta(microseconds=1)), order, vector["origin_key"] or ""]
        asked = [*texts[vector["seq"]].split("|"), *last]
        assert sha256("\0".join(asked).encode()).hexdigest() == vector["input_hash"]


def test_a_key_is_one_of_those_the_page_names() -> None:
    order = new_id()
    assert service.earn_key(order) == f"order:{order}:earn"
    assert "`order:<id>:earn`" in SECTIONS["A posting"]
