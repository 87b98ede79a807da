"""Reference prices: the lowest public price that was really charged in the days before today (PRC-16).

What is past does not change, so each process keeps what it has read for the rest of the day.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection
from datetime import date, timedelta
from uuid import UUID

from huixiang.catalogue import service as catalogue
from huixiang.pricing.service.reads import Reads

STORES_KEPT = 256
SKUS_KEPT = 50_000

# Under the revision of the rules too, of which no two databases have the same.
_Place = tuple[UUID | None, date, int, str | None]
_kept: OrderedDict[_Place, dict[str, int | None]] = OrderedDict()


async def references(
    reads: Reads, revision: UUID | None, skus: Collection[str], store: str | None, days: int
) -> dict[str, int]:
    """By sku; of one piece or 1,000 grams. A sku that was not sold in those days is absent."""
    today = reads.calendar.day(reads.now)
    place = (revision, today, days, store)
    known = _kept.setdefault(place, {})
    if len(known) > SKUS_KEPT:
        known.clear()
    _kept.move_to_end(place)
    while len(_kept) > STORES_KEPT:
        _kept.popitem(last=False)
    missing = [sku for sku in dict.fromkeys(skus) if sku not in known]
    if missing:
        until = reads.calendar.start_of(today)
        since = reads.calendar.start_of(today - timedelta(days=days))
        found = await reads.query_once(lambda tx: catalogue.lowest_prices(tx, missing, store, since, until))
        known |= {sku: found.get(sku) for sku in missing}
    return {sku: price for sku in skus if (price := known[sku]) is not None}
