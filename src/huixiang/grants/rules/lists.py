"""A list of members as a file: what each row names, and what is wrong with those that name nobody."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from uuid import UUID

import msgspec

from huixiang.kernel.errors import InvalidInput
from huixiang.kernel.ids import check_member_number
from huixiang.members.model import MemberRef

ROWS_MAX = 200_000
WAYS = (("member_id",), ("number",), ("phone",), ("source", "external_id"))
AMOUNT = "amount"
AMOUNT_MAX = 10_000_000
BYTE_ORDER_MARK = "\ufeff"


class Entry(msgspec.Struct, frozen=True):
    """A row that names somebody. amount: None where the gift's holds."""

    line: int
    ref: MemberRef
    amount: int | None


class Listed(msgspec.Struct, frozen=True):
    """entries: rows in their order. problems: by line, of rows that name nobody."""

    entries: list[Entry]
    problems: dict[int, str]


def read_list(text: str, *, amounts: bool) -> Listed:
    """The rows of a file. amounts: whether a column `amount` is taken. Raises InvalidInput for a header that names no
    way to find a member, or columns that are not known, and for too many rows."""
    reader = csv.reader(io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline=""))
    entries: list[Entry] = []
    problems: dict[int, str] = {}
    columns: list[str] | None = None
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            line = reader.line_num
            if not any(cells):
                continue
            if columns is None and not entries and not problems and (columns := _header(cells, amounts=amounts)):
                continue
            if len(entries) + len(problems) >= ROWS_MAX:
                raise InvalidInput(path="$.audience.csv", problem=f"more than {ROWS_MAX} rows")
            try:
                entries.append(_named(line, columns, cells) if columns else _bare(line, cells))
            except ValueError as problem:
                problems[line] = str(problem)
    except csv.Error as error:
        raise InvalidInput(path="$.audience.csv", problem="is no CSV") from error
    return Listed(entries, problems)


def _header(cells: Sequence[str], *, amounts: bool) -> list[str] | None:
    """The columns, where the row is a header."""
    columns = [cell.lower() for cell in cells]
    known = {AMOUNT, *(column for way in WAYS for column in way)}
    if not set(columns) & known:
        return None
    way = {column for column in columns if column != AMOUNT}
    if len(set(columns)) != len(columns) or way not in [set(one) for one in WAYS]:
        raise InvalidInput(
            path="$.audience.csv",
            problem="the header must have one of member_id, number, phone, or source and external_id; and amount",
        )
    if AMOUNT in columns and not amounts:
        raise InvalidInput(path="$.audience.csv", problem="a column amount is for points")
    return columns


def _named(line: int, columns: Sequence[str], cells: Sequence[str]) -> Entry:
    if len(cells) != len(columns):
        raise ValueError(f"has {len(cells)} cells, not {len(columns)}")
    values = dict(zip(columns, cells, strict=True))
    amount = values.pop(AMOUNT, None)
    return Entry(line, _ref(values), None if amount is None else _amount(amount))


def _amount(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text[:12]) <= AMOUNT_MAX:
        raise ValueError(f"amount is no whole number from 1 to {AMOUNT_MAX}")
    return int(text)


def _ref(values: dict[str, str]) -> MemberRef:
    try:
        return msgspec.convert(values, MemberRef, strict=False)
    except msgspec.ValidationError:
        raise ValueError(f"{' and '.join(values)} cannot be read") from None


def _bare(line: int, cells: Sequence[str]) -> Entry:
    if len(cells) != 1:
        raise ValueError("has more than one cell, and the file has no header")
    (text,) = cells
    try:
        return Entry(line, MemberRef(member_id=UUID(text)), None)
    except ValueError:
        way = "number" if check_member_number(text) else "phone"
        return Entry(line, _ref({way: text}), None)
