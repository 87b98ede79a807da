"""What many earnings announce: `events.PointsPosted` as JSON, on columns. Numbers and texts of varying width are filled
up with spaces, which mean nothing between the tokens of JSON, so that all events are of one width."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from huixiang.kernel.calendar import BusinessCalendar
from huixiang.kernel.epoch import days, instant_at
from huixiang.kernel.layout import (
    DAY_US,
    Bytes,
    Flags,
    Layout,
    Numbers,
    day_text,
    decimal_width,
    decimals,
    groups,
    pick,
    runs,
    uuid_text,
)
from huixiang.platform.outbox import event_type
from huixiang.points.events import PointsPosted
from huixiang.points.model import PeriodCap
from huixiang.points.model.columns import Blocks, Sheet
from huixiang.points.rules.column_caps import period_starts

_EVERY_DAY = PeriodCap(0, "day", 0)
_SECOND_US = 1_000_000


def announcements(
    sheets: Sequence[Sheet], blocks: Blocks, chosen: Flags, calendar: BusinessCalendar
) -> list[tuple[Numbers, Bytes]]:
    """Each chosen block's list of events, in parts of one width: (places among those chosen, texts)."""
    laid = [(part.rows, _events(part, calendar)) for sheet in sheets for part in sheet.parts()]
    texts = np.full((len(blocks.member), max(rows.shape[1] for _, rows in laid)), ord(" "), np.uint8)
    for places, rows in laid:
        texts[places, : rows.shape[1]] = rows
    starts, sizes = blocks.starts[chosen], blocks.sizes[chosen]
    parts = []
    for run in runs(len(starts)):
        for (size,), at in groups(sizes[run]):
            owners = at + run.start
            row = Layout()
            for place in range(size):
                row.constant(b"," if place else b"[")
                row.octets(pick(texts, starts[owners] + place))
            row.constant(b"]")
            parts.append((owners, row.rows(len(owners))))
    return parts


def _events(sheet: Sheet, calendar: BusinessCalendar) -> Bytes:
    heading = sheet.heading
    fixed = {"book": heading.book.code, "kind": heading.kind, "cause": heading.cause}
    event = Layout()
    event.constant(b'{"type":"%b",%b,"member_id":"' % (event_type(PointsPosted).encode(), _members_of(fixed)))
    event.octets(uuid_text(sheet.members))
    event.constant(b'","occurred_at":"')
    event.octets(_instants(sheet.occurred))
    event.constant(b',"seq":')
    event.octets(_numbers(sheet.seq))
    event.constant(b',"points":')
    event.octets(_numbers(sheet.points))
    event.constant(b',"business_day":"')
    event.octets(day_text(_business_days(sheet.occurred, calendar)))
    if sheet.orders is None:
        event.constant(b'","order_id":null}')
    else:
        event.constant(b'","order_id":"')
        event.octets(uuid_text(sheet.orders))
        event.constant(b'"}')
    return event.rows(len(sheet))


def _members_of(values: dict[str, str]) -> bytes:
    return msgspec.json.encode(values)[1:-1]


def _instants(microseconds: Numbers) -> Bytes:
    """As `2026-03-18T02:30:00Z"`, with six digits of a second where there are any."""
    day, of_day = np.divmod(microseconds, DAY_US)
    second, fraction = np.divmod(of_day, _SECOND_US)
    text = np.full((len(microseconds), 28), ord(" "), np.uint8)
    text[:, :10] = day_text(day)
    text[:, 10] = ord("T")
    for place, value in zip((11, 14, 17), (second // 3600, second // 60 % 60, second % 60), strict=True):
        text[:, place : place + 2] = decimals(value, 2)
    text[:, 13] = text[:, 16] = ord(":")
    text[:, 19:21] = (ord("Z"), ord('"'))
    exact = np.flatnonzero(fraction)
    if len(exact):
        text[exact, 19] = ord(".")
        text[exact, 20:26] = decimals(fraction[exact], 6)
        text[exact, 26:28] = (ord("Z"), ord('"'))
    return text


def _numbers(values: Numbers) -> Bytes:
    """Decimal, with spaces in front; at most 18 digits."""
    sizes = np.abs(values)
    widths = decimal_width(sizes)
    width = int(widths.max(initial=1)) + 1
    text = decimals(sizes, width)
    text[np.arange(width) < (width - widths)[:, None]] = ord(" ")
    negative = np.flatnonzero(values < 0)
    text[negative, width - widths[negative] - 1] = ord("-")
    return text


def _business_days(occurred: Numbers, calendar: BusinessCalendar) -> Numbers:
    starts, which = np.unique(period_starts(_EVERY_DAY, occurred, calendar), return_inverse=True)
    known = np.array([days(calendar.day(instant_at(int(start)))) for start in starts], np.int64)
    return known[which]
