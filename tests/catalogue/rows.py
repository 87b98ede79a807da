"""Rows as a shop sends them, with what a test does not care about filled in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from huixiang.catalogue.model import CategoryRow, PriceRow, SkuRow, StoreRow
from huixiang.kernel.text import Text

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def name(text: str) -> Text:
    return Text(zh=f"{text} 中文", en=text)


def category(code: str, parent: str | None = None, version: int = 1, **other: Any) -> CategoryRow:
    return CategoryRow(category=code, parent=parent, name=name(code), version=version, **other)


def sku(code: str, version: int = 1, **other: Any) -> SkuRow:
    row: dict[str, Any] = {"category": "leafy", "unit": "piece", "list_price_fen": 390, "cost_fen": 250, **other}
    return SkuRow(sku=code, name=name(code), version=version, **row)


def store(code: str, version: int = 1, **other: Any) -> StoreRow:
    return StoreRow(store=code, name=name(code), city="hangzhou", region="east_china", version=version, **other)


def price(code: str, fen: int, valid_from: datetime = NEW_YEAR, version: int = 1, **other: Any) -> PriceRow:
    return PriceRow(sku=code, price_fen=fen, valid_from=valid_from, version=version, **other)


FRESH = (category("fresh"), category("vegetables", "fresh"), category("leafy", "vegetables"), category("snacks"))
