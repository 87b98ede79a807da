"""The calls of `points.earn` and `points.spend` as SQL, for pgbench and for filling a database.

The frame and the event are laid out by `points.service.single`, around the member and the key, which are SQL.
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


def earn(member: str, key: str, size: int, points: int, last_day: str) -> str:
    """member, key, last_day: SQL of a uuid, a text and a date; a key has so many characters."""
    source = Source(
        key="k" * size, cause="consumption", counter_account="issued:consumption", occurred_at=OCCURRED_AT,
        rule="earning.default", rule_version=1, input_hash=ASKED,
    )  # fmt: skip
    command = Credit(member_id=MEMBER, book=POINTS, points=points, source=source, expires_on=date(2029, 12, 31))
    columns = f"{_texts(command)}, NULL, 'earning.default', 1, NULL, {_text(str(OCCURRED_AT))}, now()"
    return (
        f"points.earn({member}, 1::smallint, {points}, {columns}, {key}, {_bytes(ASKED)}, "
        f"{_laid_out(command, member, key)}, {last_day}, NULL, ARRAY[7, 0, 1000000000])"
    )


def spend(member: str, key: str, size: int, points: int) -> str:
    source = Source(
        key="k" * size,
        cause="redemption",
        counter_account="redeemed:checkout",
        occurred_at=OCCURRED_AT,
        input_hash=ASKED,
    )
    command = Spend(member_id=MEMBER, book=POINTS, points=points, source=source)
    columns = f"{_texts(command)}, NULL, NULL, NULL, NULL, {_text(str(OCCURRED_AT))}, now()"
    return (
        f"points.spend({member}, 1::smallint, {-points}, {columns}, {key}, {_bytes(ASKED)}, "
        f"{_laid_out(command, member, key)}, current_date)"
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
