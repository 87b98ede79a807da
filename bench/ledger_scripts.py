"""The calls of `points.earn` and `points.spend` as SQL, for pgbench and for filling a database.

The frame and the event are laid out by `points.service.single`, around the member and the key, which are SQL. That
takes the server a hundred thousand instructions a call, which are the caller's work: so pgbench reads calls that were
laid out before (`bench_call`), each of them once.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.points.model import POINTS, Credit, Source, Spend
from huixiang.points.service import single

OCCURRED_AT = datetime(2026, 3, 1, 4, tzinfo=UTC)
CALENDAR = BusinessCalendar("Asia/Shanghai")
MEMBER = UUID("11111111-2222-7333-8444-555555555555")  # stands for the member's in what is laid out
ASKED = b"\x07" * 32
ORDER = "order.01a20149-f1ed-7225-"
DIGITS = 18  # that make a key
CALLS = """
CREATE UNLOGGED TABLE public.bench_call (
    n bigint PRIMARY KEY, member_id uuid NOT NULL, key text NOT NULL, frame bytea NOT NULL, event text NOT NULL
)
"""


def calls(door: str, points: int, members: int, count: int, first_key: int) -> str:
    """So many calls of a door laid out, of members at random."""
    command = _credit(_size(door), points) if door == "earn" else _spend(_size(door), points)
    return (
        f"INSERT INTO public.bench_call SELECT n, m, k, {_laid_out(command, 'm', 'k')} FROM ("  # noqa: S608 - ours
        f"SELECT n, lpad(to_hex((random() * {members - 1})::bigint + 1), 32, '0')::uuid AS m, "
        f"'{ORDER}' || ({first_key} + n) || '.{door}' AS k FROM generate_series(1, {count}) AS n OFFSET 0) AS asked"
    )


def call(door: str, points: int) -> str:
    """One that was laid out, as pgbench asks for it: the nth."""
    arguments = ("c.member_id", "c.key", _size(door), points)
    asked = (
        earn(*arguments, "current_date + 365", "c.frame, c.event")
        if door == "earn"
        else spend(*arguments, "c.frame, c.event")
    )
    return f"SELECT {asked} FROM public.bench_call AS c WHERE c.n = :n;\n"  # noqa: S608 - ours


def _size(door: str) -> int:
    return len(ORDER) + DIGITS + len(f".{door}")


def _credit(size: int, points: int) -> Credit:
    source = Source(
        key="k" * size, cause="consumption", counter_account="issued:consumption", occurred_at=OCCURRED_AT,
        rule="earning.default", rule_version=1, input_hash=ASKED,
    )  # fmt: skip
    return Credit(member_id=MEMBER, book=POINTS, points=points, source=source, expires_on=date(2029, 12, 31))


def _spend(size: int, points: int) -> Spend:
    source = Source(
        key="k" * size,
        cause="redemption",
        counter_account="redeemed:checkout",
        occurred_at=OCCURRED_AT,
        input_hash=ASKED,
    )
    return Spend(member_id=MEMBER, book=POINTS, points=points, source=source)


def earn(member: str, key: str, size: int, points: int, last_day: str, laid_out: str | None = None) -> str:
    """member, key, last_day: SQL of a uuid, a text and a date; a key has so many characters. laid_out: SQL of frame and
    event, where they are there already."""
    command = _credit(size, points)
    columns = f"{_texts(command)}, NULL, 'earning.default', 1, NULL, {_text(str(OCCURRED_AT))}, now()"
    return (
        f"points.earn({member}, 1::smallint, {points}, {columns}, {key}, {_bytes(ASKED)}, "
        f"{laid_out or _laid_out(command, member, key)}, {last_day}, NULL, ARRAY[7, 0, 1000000000])"
    )


def spend(member: str, key: str, size: int, points: int, laid_out: str | None = None) -> str:
    command = _spend(size, points)
    columns = f"{_texts(command)}, NULL, NULL, NULL, NULL, {_text(str(OCCURRED_AT))}, now()"
    return (
        f"points.spend({member}, 1::smallint, {-points}, {columns}, {key}, {_bytes(ASKED)}, "
        f"{laid_out or _laid_out(command, member, key)}, current_date)"
    )


def _laid_out(command: Credit | Spend, member: str, key: str) -> str:
    """The frame and the event, with SQL in place of the member and the key."""
    asked = single.lay_out(command, OCCURRED_AT, CALENDAR)
    before, rest = asked.frame.split(MEMBER.bytes)
    middle, after = rest.split(command.source.key.encode())
    event, end = asked.event.split(str(MEMBER))
    return (
        f"{_bytes(before)} || uuid_send({member}) || {_bytes(middle)} || convert_to({key}, 'UTF8') || {_bytes(after)}, "
        f"{_text(event)} || {member} || {_text(end)}"
    )


def _texts(command: Credit | Spend) -> str:
    return ", ".join(map(_text, (command.kind, command.source.cause, command.source.counter_account)))


def _text(value: str) -> str:
    """pgbench would take what follows a colon for a variable."""
    return f"E'{value}'".replace(":", r"\x3a")


def _bytes(value: bytes) -> str:
    return rf"'\x{value.hex()}'::bytea"
