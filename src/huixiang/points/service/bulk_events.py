"""What many postings announce: `events.PointsPosted` as JSON, to the byte what the outbox makes of it, on columns."""

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
from huixiang.platform.outbox_bulk import Parts
from huixiang.points.events import PointsPosted
from huixiang.points.model import PeriodCap
from huixiang.points.model.columns import Blocks, Sheet
from huixiang.points.rules.column_caps import period_starts

_EVERY_DAY = PeriodCap(0, "day", 0)
_SECOND_US = 1_000_000


def announcements(
    sheets: Sequence[Sheet], blocks: Blocks, chosen: Flags, calendar: BusinessCalendar, place: str | None = None
) -> list[Parts]:
    """Each chosen block's list of events, for one run of them after the other, in parts of one width: (places among
    those chosen, texts). place: the store of all of them."""
    laid = [event for sheet in sheets for part in sheet.parts() for event in _events(part, calendar, place)]
    widths = np.zeros(len(blocks.member), np.int64)
    texts = np.empty((len(widths), max(events.shape[1] for _, events in laid)), np.uint8)
    for rows, events in laid:
        widths[rows] = events.shape[1]
        texts[rows, : events.shape[1]] = events
    starts, sizes = blocks.starts[chosen], blocks.sizes[chosen]
    found: list[Parts] = []
    for run in runs(len(starts)):
        parts: list[tuple[Numbers, Bytes]] = []
        alone = run.start + np.flatnonzero(sizes[run] == 1)
        for (width,), at in groups(widths[starts[alone]]):
            row = Layout()
            row.constant(b"[")
            row.octets(pick(texts, starts[alone[at]])[:, :width])
            row.constant(b"]")
            parts.append((alone[at], row.rows(len(at))))
        several = run.start + np.flatnonzero(sizes[run] > 1)
        lists = [_list(texts, widths, first, size) for first, size in zip(starts[several], sizes[several], strict=True)]
        for (width,), at in groups(np.array([len(events) for events in lists], np.int64)):
            joined = b"".join([lists[place] for place in at.tolist()])
            parts.append((several[at], np.frombuffer(joined, np.uint8).reshape(-1, width)))
        found.append(parts)
    return found


def _list(texts: Bytes, widths: Numbers, first: int, size: int) -> bytes:
    return b"[%b]" % b",".join([texts[row, : widths[row]].tobytes() for row in range(first, first + size)])


def _events(sheet: Sheet, calendar: BusinessCalendar, place: str | None) -> list[tuple[Numbers, Bytes]]:
    """Each posting's event, in parts of one width: (rows, texts)."""
    heading = sheet.heading
    book, kind, cause = (msgspec.json.encode(text) for text in (heading.book.code, heading.kind, heading.cause))
    end = b"}" if place is None else b',"store_id":%b}' % msgspec.json.encode(place)
    business_days = day_text(_business_days(sheet.occurred, calendar))
    sizes = np.abs(sheet.points)
    exact = sheet.occurred % _SECOND_US != 0
    parts = []
    for (seq, points, negative, fraction), at in groups(
        decimal_width(sheet.seq), decimal_width(sizes), sheet.points < 0, exact
    ):
        event = Layout()
        event.constant(b'{"type":"%b","member_id":"' % event_type(PointsPosted).encode())
        event.octets(uuid_text(pick(sheet.members, at)))
        event.constant(b'","occurred_at":"')
        event.octets(_instants(sheet.occurred[at], exact=bool(fraction)))
        event.constant(b'","book":%b,"seq":' % book)
        event.octets(decimals(sheet.seq[at], seq))
        event.constant(b',"kind":%b,"cause":%b,"points":%b' % (kind, cause, b"-" if negative else b""))
        event.octets(decimals(sizes[at], points))
        event.constant(b',"business_day":"')
        event.octets(pick(business_days, at))
        if sheet.orders is None:
            event.constant(b'","order_id":null' + end)
        else:
            event.constant(b'","order_id":"')
            event.octets(uuid_text(pick(sheet.orders, at)))
            event.constant(b'"' + end)
        parts.append((sheet.rows[at], event.rows(len(at))))
    return parts


def _instants(microseconds: Numbers, *, exact: bool) -> Bytes:
    """As `2026-03-18T02:30:00Z`; exact: with six digits of a second."""
    day, of_day = np.divmod(microseconds, DAY_US)
    second, fraction = np.divmod(of_day, _SECOND_US)
    text = np.full((len(microseconds), 27 if exact else 20), ord("Z"), np.uint8)
    text[:, :10] = day_text(day)
    text[:, 10] = ord("T")
    for place, value in zip((11, 14, 17), (second // 3600, second // 60 % 60, second % 60), strict=True):
        text[:, place : place + 2] = decimals(value, 2)
    text[:, 13] = text[:, 16] = ord(":")
    if exact:
        text[:, 19] = ord(".")
        text[:, 20:26] = decimals(fraction, 6)
    return text


def _business_days(occurred: Numbers, calendar: BusinessCalendar) -> Numbers:
    starts, which = np.unique(period_starts(_EVERY_DAY, occurred, calendar), return_inverse=True)
    known = np.array([days(calendar.day(instant_at(int(start)))) for start in starts], np.int64)
    return known[which]
