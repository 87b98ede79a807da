"""The files by which a day is settled with a partner, and theirs held against ours (PTS-09)."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from hashlib import sha256
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huixiang.kernel.clock import SettableClock
from huixiang.platform.db import Database
from huixiang.points.model.partner import (
    Difference,
    EntryDirection,
    SettlementDayOpen,
    SettlementLine,
    SettlementUnreadable,
)
from huixiang.points.rules.settlement import differences, read, write
from huixiang.points.service import partner, settlement
from tests.points.movement import members_with
from tests.points.test_partner import AIR, agree, exchange

pytestmark = pytest.mark.requirement("PTS-09")
DAY = date(2026, 4, 17)
LINES = [
    SettlementLine("out", "o1", 300, 240),
    SettlementLine("in", "i2", 50, 150),
    SettlementLine("in", "=1+1", 100, 300),
]
FILE = b"""file,1,air,2026-04-17,
record,direction,reference,points,partner_points
line,in,'=1+1,100,300
line,in,i2,50,150
line,out,o1,300,240
total,in,2,150,450
total,out,1,300,240
total,cancelled,0,0,0
sha256,"""

references = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)
figures = st.integers(1, 10**12)
all_lines = st.lists(
    st.builds(SettlementLine, st.sampled_from(get_args(EntryDirection)), references, figures, figures),
    unique_by=lambda line: (line.direction, line.reference),
    max_size=8,
)


def test_a_file_is_the_same_bytes_whatever_the_order() -> None:
    file = write(AIR, DAY, LINES)
    assert file == write(AIR, DAY, reversed(LINES))
    assert file == FILE + sha256(FILE.removesuffix(b"sha256,")).hexdigest().encode() + b",,,\n"


@given(all_lines)
def test_what_is_written_is_read_and_nothing_looks_like_a_formula(lines: list[SettlementLine]) -> None:
    file = write(AIR, DAY, lines)
    assert read(file, AIR, DAY) == sorted(lines)
    for row in csv.reader(io.StringIO(file.decode(), newline="")):
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in row)


@given(all_lines, st.data())
def test_a_byte_that_was_changed_is_found(lines: list[SettlementLine], data: st.DataObject) -> None:
    file = bytearray(write(AIR, DAY, lines))
    place = data.draw(st.integers(0, len(file) - 1))
    file[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SettlementUnreadable):
        read(bytes(file), AIR, DAY)


def resealed(body: bytes) -> bytes:
    return body + b"sha256," + sha256(body).hexdigest().encode() + b",,,\n"


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (b"file,1,air", b"file,1,sea", 1),
        (b"2026-04-17", b"2026-04-18", 1),
        (b"reference", b"name", 2),
        (b"line,in,i2", b"line,by,i2", 4),
        (b",50,150\nline", b",5x,150\nline", 4),
        (b",50,150\nline", b",-50,150\nline", 4),
        (b",50,150\nline", b",51,150\nline", 6),
        (b"total,out,1", b"total,out,2", 6),
        (b"line,out,o1,300,240\n", b"", 5),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_by_line(old: bytes, new: bytes, line: int) -> None:
    body = FILE.removesuffix(b"sha256,")
    assert old in body
    with pytest.raises(SettlementUnreadable) as refused:
        read(resealed(body.replace(old, new, 1)), AIR, DAY)
    assert refused.value.fields["line"] == line


def test_a_file_that_was_cut_off_is_refused() -> None:
    file = write(AIR, DAY, LINES)
    for end in (0, 1, len(FILE) - 8, len(file) - 1):
        with pytest.raises(SettlementUnreadable):
            read(file[:end], AIR, DAY)


def test_differences_are_listed_by_reference() -> None:
    ours = [SettlementLine("in", "a", 1, 3), SettlementLine("in", "b", 2, 6), SettlementLine("out", "a", 100, 80)]
    theirs = [SettlementLine("in", "b", 2, 7), SettlementLine("in", "c", 3, 9), SettlementLine("out", "a", 100, 80)]
    assert differences(ours, theirs) == [
        Difference("in", "a", "only_ours", ours[0], None),
        Difference("in", "b", "figures", ours[1], theirs[0]),
        Difference("in", "c", "only_theirs", None, theirs[1]),
    ]
    assert differences(ours, ours) == []


async def test_a_day_is_settled_when_it_is_over_and_stays_as_it_was(db: Database, clock: SettableClock) -> None:
    [member] = await members_with(db, clock, 1000)
    await agree(db)
    await exchange(db, member, "in", "=1+1", 300)
    await exchange(db, member, "out", "o1", 240)
    with pytest.raises(SettlementDayOpen):
        async with db.transaction() as tx:
            await settlement.settlement(tx, AIR, DAY)
    clock.advance(timedelta(days=1))
    async with db.transaction() as tx:
        await partner.cancel(tx, member, AIR, "o1")  # of the next day
        unkept = await settlement.settlement(tx, AIR, DAY)
        assert await settlement.settle_days(tx) == 1
        assert await settlement.settle_days(tx) == 0
        kept = await settlement.settlement(tx, AIR, DAY)
    assert unkept == kept
    assert kept.sha256 == sha256(kept.file).digest()
    assert read(kept.file, AIR, DAY) == [SettlementLine("in", "=1+1", 100, 300), SettlementLine("out", "o1", 300, 240)]


async def test_a_partners_file_is_held_against_ours(db: Database, clock: SettableClock) -> None:
    [member] = await members_with(db, clock, 1000)
    await agree(db)
    await exchange(db, member, "in", "i1", 300)
    await exchange(db, member, "in", "i2", 150)
    clock.advance(timedelta(days=1))
    theirs = write(AIR, DAY, [SettlementLine("in", "i1", 100, 300), SettlementLine("in", "i3", 1, 3)])
    async with db.transaction(read_only=True, one_moment=False) as tx:
        found = await settlement.reconcile(tx, AIR, DAY, theirs)
        assert found.agreed == 1
        assert [(one.reference, one.kind) for one in found.differences] == [("i2", "only_ours"), ("i3", "only_theirs")]
        ours = (await settlement.settlement(tx, AIR, DAY)).file
        assert (await settlement.reconcile(tx, AIR, DAY, ours)).differences == []
