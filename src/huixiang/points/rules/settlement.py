"""Settlement files: the same exchanges always make the same bytes, and a file says whether it is whole.

CSV in UTF-8, lines end with LF, sorted by (direction, reference); its layout stands in docs/domain/movement.md. Text
that a spreadsheet would take for a formula has an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date
from hashlib import sha256
from typing import get_args

from huixiang.points.model.partner import Difference, EntryDirection, SettlementLine, SettlementUnreadable

VERSION = "1"
HEADER = ("record", "direction", "reference", "points", "partner_points")
DIRECTIONS = get_args(EntryDirection)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "'")


def write(partner: str, day: date, lines: Iterable[SettlementLine]) -> bytes:
    """The file of one partner and day."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(("file", VERSION, partner, day.isoformat(), ""))
    rows.writerow(HEADER)
    ordered = sorted(lines)
    for line in ordered:
        rows.writerow(("line", line.direction, _safe(line.reference), line.points, line.partner_points))
    for total in _totals(ordered):
        rows.writerow(total)
    body = text.getvalue().encode()
    return body + f"sha256,{sha256(body).hexdigest()},,,\n".encode()


def read(file: bytes, partner: str, day: date) -> list[SettlementLine]:
    """The exchanges that a file names. Raises SettlementUnreadable for one of another partner or day, one that was
    changed or cut off, and one whose lines or totals are not what they say."""
    body, seal, rest = _sealed(file)
    if rest != sha256(body).hexdigest():
        raise SettlementUnreadable(line=seal, problem="the sha256 is not that of the lines before it")
    rows = _rows(body)
    if rows[:1] != [["file", VERSION, partner, day.isoformat(), ""]]:
        raise SettlementUnreadable(line=1, problem=f"not a file of version {VERSION} for {partner} and {day}")
    if rows[1:2] != [list(HEADER)]:
        raise SettlementUnreadable(line=2, problem="not the header")
    split = len(rows) - len(DIRECTIONS)
    lines = [_line(row, number) for number, row in enumerate(rows[2:split], start=3)]
    totals = [[str(cell) for cell in total] for total in _totals(lines)]
    if rows[split:] != totals:
        raise SettlementUnreadable(line=split + 1, problem="the totals are not those of the lines")
    if len({(line.direction, line.reference) for line in lines}) < len(lines):
        raise SettlementUnreadable(line=3, problem="an exchange is named twice")
    return lines


def differences(ours: Sequence[SettlementLine], theirs: Sequence[SettlementLine]) -> list[Difference]:
    """Where two lists of exchanges part, by (direction, reference)."""
    mine = {(line.direction, line.reference): line for line in ours}
    other = {(line.direction, line.reference): line for line in theirs}
    found = []
    for place in sorted(mine.keys() | other.keys()):
        our, their = mine.get(place), other.get(place)
        if our != their:
            kind = "only_theirs" if our is None else "only_ours" if their is None else "figures"
            found.append(Difference(*place, kind, our, their))  # type: ignore[arg-type]
    return found


def _totals(lines: Sequence[SettlementLine]) -> list[tuple[str, str, int, int, int]]:
    """For each direction: how many lines, their points, the partner's points."""
    totals = []
    for direction in DIRECTIONS:
        chosen = [line for line in lines if line.direction == direction]
        points = sum(line.points for line in chosen)
        totals.append(("total", direction, len(chosen), points, sum(line.partner_points for line in chosen)))
    return totals


def _sealed(file: bytes) -> tuple[bytes, int, str]:
    """The lines before the last, the last's number, and the digest in it."""
    body, last = file[:-1].rpartition(b"\n")[::2]
    parts = last.split(b",")
    if not file.endswith(b"\n") or not body or parts[0] != b"sha256" or parts[2:] != [b"", b"", b""]:
        raise SettlementUnreadable(line=file.count(b"\n"), problem="the file does not end with its sha256")
    return body + b"\n", file.count(b"\n"), parts[1].decode(errors="replace")


def _rows(body: bytes) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(body.decode(), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise SettlementUnreadable(line=1, problem="not CSV in UTF-8") from error


def _line(row: list[str], number: int) -> SettlementLine:
    if len(row) != len(HEADER) or row[0] != "line" or row[1] not in DIRECTIONS:
        raise SettlementUnreadable(line=number, problem="not a line of an exchange")
    points, partner_points = (_figure(cell, number) for cell in row[3:])
    return SettlementLine(row[1], _plain(row[2]), points, partner_points)  # type: ignore[arg-type]


def _figure(cell: str, number: int) -> int:
    if not cell.isascii() or not cell.isdigit() or len(cell) > 15:
        raise SettlementUnreadable(line=number, problem="points are digits")
    return int(cell)


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _plain(text: str) -> str:
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text
