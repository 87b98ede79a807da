from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define

from ..models.given_goods_unit import GivenGoodsUnit
from ..types import UNSET, Unset

T = TypeVar("T", bound="GivenGoods")


@_attrs_define
class GivenGoods:
    """What a shop says of goods that the catalogue does not have. Prices are of one piece, or of 1,000 grams.

    Attributes:
        category (str):
        unit (GivenGoodsUnit):
        list_price_fen (int): Money in fen (0.01 yuan), not negative.
        cost_fen (int | None | Unset):
        brand (None | str | Unset):
        tags (list[str] | Unset):
    """

    category: str
    unit: GivenGoodsUnit
    list_price_fen: int
    cost_fen: int | None | Unset = UNSET
    brand: None | str | Unset = UNSET
    tags: list[str] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        category = self.category

        unit = self.unit.value

        list_price_fen = self.list_price_fen

        cost_fen: int | None | Unset
        if isinstance(self.cost_fen, Unset):
            cost_fen = UNSET
        else:
            cost_fen = self.cost_fen

        brand: None | str | Unset
        if isinstance(self.brand, Unset):
            brand = UNSET
        else:
            brand = self.brand

        tags: list[str] | Unset = UNSET
        if not isinstance(self.tags, Unset):
            tags = self.tags

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "category": category,
                "unit": unit,
                "list_price_fen": list_price_fen,
            }
        )
        if cost_fen is not UNSET:
            field_dict["cost_fen"] = cost_fen
        if brand is not UNSET:
            field_dict["brand"] = brand
        if tags is not UNSET:
            field_dict["tags"] = tags

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        category = d.pop("category")

        unit = GivenGoodsUnit(d.pop("unit"))

        list_price_fen = d.pop("list_price_fen")

        def _parse_cost_fen(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        cost_fen = _parse_cost_fen(d.pop("cost_fen", UNSET))

        def _parse_brand(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        brand = _parse_brand(d.pop("brand", UNSET))

        tags = cast(list[str], d.pop("tags", UNSET))

        given_goods = cls(
            category=category,
            unit=unit,
            list_price_fen=list_price_fen,
            cost_fen=cost_fen,
            brand=brand,
            tags=tags,
        )

        return given_goods
