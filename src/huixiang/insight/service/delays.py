"""How long after selling it tills post an order: kept as orders come in, shown by store, watched (CHK-07)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from huixiang.catalogue import service as catalogue
from huixiang.insight.events import DelayAlarmEnded, DelayAlarmRaised
from huixiang.insight.model.delays import (
    DAYS_MAX,
    DOCUMENT,
    EDGES_S,
    USUAL,
    AlarmKind,
    DayDelays,
    Decision,
    DelayAlarm,
    DelayReport,
    DelayRules,
    DelaySum,
    End,
    OpenAlarm,
    Raise,
    StoreDelays,
)
from huixiang.insight.rules import delays as rules
from huixiang.insight.store import delays as store
from huixiang.kernel.errors import InvalidInput
from huixiang.kernel.ids import new_id
from huixiang.kernel.page import Page, decode_cursor, encode_cursor, page_of
from huixiang.platform import backlog
from huixiang.platform.db import Transaction
from huixiang.platform.metrics import TILL_ALARMS, TILL_ORDERS
from huixiang.points.model.breaker import PROGRAMME
from huixiang.rulebook import service as rulebook

Stores = Collection[str] | None  # whose staff asks; None: all


async def add(tx: Transaction, orders: Sequence[tuple[UUID, UUID]]) -> None:
    """Add completed orders (member, order): those of tills count."""
    added = await store.add(tx, orders)
    for count in (*EDGES_S, "older", "ahead"):
        TILL_ORDERS.labels(count).inc(getattr(added, count))


async def rules_now(tx: Transaction) -> tuple[DelayRules, int]:
    """The rules in force and their version; the usual ones, version 0, in a database that has no document."""
    line = (await rulebook.timelines(tx, {DOCUMENT})).get(DOCUMENT)
    document = line.find(tx.now) if line else None
    return (USUAL, 0) if document is None else (document.read(DelayRules), document.version)


async def watch(tx: Transaction) -> Decision | None:
    """Raise alarms and end them; what was raised and ended by this. None where the sums are too far behind to tell."""
    await store.forget_hours(tx, tx.now - rules.KEPT)
    oldest = await backlog.waiting_since(tx)
    if oldest is not None and oldest < tx.now - rules.BEHIND_MAX:
        return None
    ruled, version = await rules_now(tx)
    late = rules.late_counts(ruled.late_after_s)
    seen = await store.seen(tx, rules.hours(ruled, tx.now), late, rules.USUAL_DAYS)
    alarms = await store.open_alarms(tx)
    decided = rules.decide(ruled, seen, alarms)
    done = Decision(await _raise(tx, decided, version), await _end(tx, decided, alarms))
    await _observe(tx)
    return done


async def _raise(tx: Transaction, decided: Decision, version: int) -> list[Raise]:
    alarms = {new_id(): one for one in decided.raised}
    raised = await store.raise_alarms(tx, alarms, version) if alarms else set()
    for alarm_id in raised:
        one = alarms[alarm_id]
        tx.emit(
            DelayAlarmRaised(
                member_id=PROGRAMME,
                occurred_at=tx.now,
                alarm_id=alarm_id,
                store_id=one.store_id or None,
                kind=one.kind,
                orders=one.orders,
                late=one.late,
                rule_version=version,
            )
        )
    return [one for alarm_id, one in alarms.items() if alarm_id in raised]


async def _end(tx: Transaction, decided: Decision, alarms: Sequence[OpenAlarm]) -> list[End]:
    ended = await store.end_alarms(tx, decided.ended) if decided.ended else set()
    known = {alarm.alarm_id: alarm for alarm in alarms}
    done = [one for one in decided.ended if one.alarm_id in ended]
    for one in done:
        alarm = known[one.alarm_id]
        tx.emit(
            DelayAlarmEnded(
                member_id=PROGRAMME,
                occurred_at=tx.now,
                alarm_id=one.alarm_id,
                store_id=alarm.store_id or None,
                kind=alarm.kind,
                ended_by=one.by,
            )
        )
    return done


async def _observe(tx: Transaction) -> None:
    kinds: dict[AlarmKind, int] = {"late": 0, "silent": 0}
    for alarm in await store.open_alarms(tx):
        kinds[alarm.kind] += 1
    for kind, count in kinds.items():
        TILL_ALARMS.labels(kind).set(count)


async def report(
    tx: Transaction, first: date | None, last: date | None, stores: Stores, cursor: str | None, limit: int
) -> DelayReport:
    """Stores between two business days, both included; today if left out. Raises InvalidInput for a period that is
    turned round or longer than DAYS_MAX, and for a cursor of another list."""
    last = last or tx.calendar.day(tx.now)
    first = first or last
    if last < first:
        raise InvalidInput(path="to", problem="lies before from")
    if (last - first).days >= DAYS_MAX:
        raise InvalidInput(path="to", problem=f"the period has more than {DAYS_MAX} days: ask for parts of it")
    after = decode_cursor(cursor, int, int, str) if cursor else None
    ruled, version = await rules_now(tx)
    late = rules.late_counts(ruled.late_after_s)
    found = await store.by_store(tx, (first, last), late, stores, after, limit + 1)
    page = found[:limit]
    days = {} if cursor else await store.by_day(tx, (first, last), stores)
    names = await catalogue.store_names(tx, {one.store_id for one in page})
    alarms = await _open_by_store(tx, {one.store_id for one in page})
    return DelayReport(
        first_day=first,
        last_day=last,
        late_after_s=ruled.late_after_s,
        rule_version=version,
        days=[DayDelays(day, rules.delays_of(one, late)) for day, one in sorted(days.items())],
        items=[
            StoreDelays(
                store_id=one.store_id or None,
                name=names.get(one.store_id),
                delays=rules.delays_of(one.sum, late),
                alarms=alarms[one.store_id],
            )
            for one in page
        ],
        next_cursor=_after(page[-1]) if len(found) > limit else None,
    )


def _after(last: store.Listed) -> str:
    return encode_cursor(last.late_bp, last.sum.longest_ms, last.store_id)


async def _open_by_store(tx: Transaction, stores: Collection[str]) -> dict[str, list[AlarmKind]]:
    found: dict[str, list[AlarmKind]] = defaultdict(list)
    for alarm in await store.open_alarms(tx, stores):
        found[alarm.store_id].append(alarm.kind)
    return found


async def alarms(tx: Transaction, *, is_open: bool, stores: Stores, cursor: str | None, limit: int) -> Page[DelayAlarm]:
    """Open ones or ended ones, the last raised first. Raises InvalidInput for a cursor of another list."""
    before = decode_cursor(cursor, datetime, UUID) if cursor else None
    found = page_of(
        await store.alarms(tx, is_open=is_open, stores=stores, before=before, limit=limit + 1),
        limit,
        lambda one: (one.raised_at, one.alarm_id),
    )
    names = await catalogue.store_names(tx, {one.store_id for one in found.items if one.store_id is not None})
    return Page(
        [msgspec.structs.replace(one, name=names.get(one.store_id or "")) for one in found.items], found.next_cursor
    )


async def kept(tx: Transaction) -> dict[tuple[date, str], DelaySum]:
    """The sums by business day and store, as the handler kept them. They lag by what the relay has not handed over."""
    return await store.kept(tx)


async def recount(tx: Transaction) -> dict[tuple[date, str], DelaySum]:
    """The same from the orders: equal to `kept` once all events are handled."""
    return await store.count_days(tx)


async def kept_hours(tx: Transaction) -> dict[tuple[datetime, str], DelaySum]:
    """The sums by hour and store. Hours are forgotten after `rules.KEPT`."""
    return await store.kept_hours(tx)


async def recount_hours(tx: Transaction) -> dict[tuple[datetime, str], DelaySum]:
    """The same from the orders, of all hours."""
    return await store.count_hours(tx)
