from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.sku_state import SkuState
from ..models.sku_unit import SkuUnit

if TYPE_CHECKING:
    from ..models.sku_attributes import SkuAttributes
    from ..models.text import Text


T = TypeVar("T", bound="Sku")


@_attrs_define
class Sku:
    """A good as the catalogue has it. `categories` runs from its own category to the root of the tree; `price_basis`
    is the quantity that the prices are for: 1 piece or 1,000 grams.

    Attributes:
        sku (str):
        name (Text): One text in Chinese and English. Both are always there: a screen never falls back to the other
            language.
        categories (list[str]):
        brand (None | str):
        tags (list[str]):
        unit (SkuUnit):
        price_basis (int):
        list_price_fen (int):
        cost_fen (int | None):
        estimated_g (int | None):
        shelf_life_days (int | None):
        attributes (SkuAttributes):
        state (SkuState):
        version (int):
    """

    sku: str
    name: Text
    categories: list[str]
    brand: None | str
    tags: list[str]
    unit: SkuUnit
    price_basis: int
    list_price_fen: int
    cost_fen: int | None
    estimated_g: int | None
    shelf_life_days: int | None
    attributes: SkuAttributes
    state: SkuState
    version: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        sku = self.sku

        name = self.name.to_dict()

        categories = self.categories

        brand: None | str
        brand = self.brand

        tags = self.tags

        unit = self.unit.value

        price_basis = self.price_basis

        list_price_fen = self.list_price_fen

        cost_fen: int | None
        cost_fen = self.cost_fen

        estimated_g: int | None
        estimated_g = self.estimated_g

        shelf_life_days: int | None
        shelf_life_days = self.shelf_life_days

        attributes = self.attributes.to_dict()

        state = self.state.value

        version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "sku": sku,
                "name": name,
                "categories": categories,
                "brand": brand,
                "tags": tags,
                "unit": unit,
                "price_basis": price_basis,
                "list_price_fen": list_price_fen,
                "cost_fen": cost_fen,
                "estimated_g": estimated_g,
                "shelf_life_days": shelf_life_days,
                "attributes": attributes,
                "state": state,
                "version": version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.sku_attributes import SkuAttributes
        from ..models.text import Text

        d = dict(src_dict)
        sku = d.pop("sku")

        name = Text.from_dict(d.pop("name"))

        categories = cast(list[str], d.pop("categories"))

        def _parse_brand(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        brand = _parse_brand(d.pop("brand"))

        tags = cast(list[str], d.pop("tags"))

        unit = SkuUnit(d.pop("unit"))

        price_basis = d.pop("price_basis")

        list_price_fen = d.pop("list_price_fen")

        def _parse_cost_fen(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        cost_fen = _parse_cost_fen(d.pop("cost_fen"))

        def _parse_estimated_g(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        estimated_g = _parse_estimated_g(d.pop("estimated_g"))

        def _parse_shelf_life_days(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        shelf_life_days = _parse_shelf_life_days(d.pop("shelf_life_days"))

        attributes = SkuAttributes.from_dict(d.pop("attributes"))

        state = SkuState(d.pop("state"))

        version = d.pop("version")

        sku = cls(
            sku=sku,
            name=name,
            categories=categories,
            brand=brand,
            tags=tags,
            unit=unit,
            price_basis=price_basis,
            list_price_fen=list_price_fen,
            cost_fen=cost_fen,
            estimated_g=estimated_g,
            shelf_life_days=shelf_life_days,
            attributes=attributes,
            state=state,
            version=version,
        )

        sku.additional_properties = d
        return sku

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
