"""Goods as the catalogue has them at a moment."""

from __future__ import annotations

import msgspec


class Goods(msgspec.Struct, frozen=True):
    """A sku that is sold. Prices are of one piece, or of 1,000 grams. prices: by price list in the order in which they
    were asked for, the public one first; None where a list has none."""

    sku: str
    unit: str
    list_price_fen: int
    categories: list[str]
    brand: str | None
    tags: list[str]
    cost_fen: int | None
    estimated_g: int | None
    prices: list[int | None]

    @property
    def public_fen(self) -> int:
        """What it costs in the store without any promotion: the public price, else the list price."""
        public = self.prices[0]
        return self.list_price_fen if public is None else public
