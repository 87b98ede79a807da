from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.applied import Applied
    from ..models.not_applied import NotApplied
    from ..models.priced_line import PricedLine


T = TypeVar("T", bound="Priced")


@_attrs_define
class Priced:
    """payable_fen = goods_fen + delivery_fen + packaging_fen, before points; goods_fen is the sum of the lines.

        proven: no combination that the rules allow is cheaper. Where the search stopped before (`nodes` reached the
    limit),
        none can be below bound_fen; otherwise that is payable_fen.

        Attributes:
            lines (list[PricedLine]):
            list_fen (int):
            goods_fen (int):
            delivery_fen (int):
            packaging_fen (int):
            payable_fen (int):
            applied (list[Applied]):
            not_applied (list[NotApplied]):
            proven (bool):
            bound_fen (int):
            nodes (int):
    """

    lines: list[PricedLine]
    list_fen: int
    goods_fen: int
    delivery_fen: int
    packaging_fen: int
    payable_fen: int
    applied: list[Applied]
    not_applied: list[NotApplied]
    proven: bool
    bound_fen: int
    nodes: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        list_fen = self.list_fen

        goods_fen = self.goods_fen

        delivery_fen = self.delivery_fen

        packaging_fen = self.packaging_fen

        payable_fen = self.payable_fen

        applied = []
        for applied_item_data in self.applied:
            applied_item = applied_item_data.to_dict()
            applied.append(applied_item)

        not_applied = []
        for not_applied_item_data in self.not_applied:
            not_applied_item = not_applied_item_data.to_dict()
            not_applied.append(not_applied_item)

        proven = self.proven

        bound_fen = self.bound_fen

        nodes = self.nodes

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "lines": lines,
                "list_fen": list_fen,
                "goods_fen": goods_fen,
                "delivery_fen": delivery_fen,
                "packaging_fen": packaging_fen,
                "payable_fen": payable_fen,
                "applied": applied,
                "not_applied": not_applied,
                "proven": proven,
                "bound_fen": bound_fen,
                "nodes": nodes,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.applied import Applied
        from ..models.not_applied import NotApplied
        from ..models.priced_line import PricedLine

        d = dict(src_dict)
        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = PricedLine.from_dict(lines_item_data)

            lines.append(lines_item)

        list_fen = d.pop("list_fen")

        goods_fen = d.pop("goods_fen")

        delivery_fen = d.pop("delivery_fen")

        packaging_fen = d.pop("packaging_fen")

        payable_fen = d.pop("payable_fen")

        applied = []
        _applied = d.pop("applied")
        for applied_item_data in _applied:
            applied_item = Applied.from_dict(applied_item_data)

            applied.append(applied_item)

        not_applied = []
        _not_applied = d.pop("not_applied")
        for not_applied_item_data in _not_applied:
            not_applied_item = NotApplied.from_dict(not_applied_item_data)

            not_applied.append(not_applied_item)

        proven = d.pop("proven")

        bound_fen = d.pop("bound_fen")

        nodes = d.pop("nodes")

        priced = cls(
            lines=lines,
            list_fen=list_fen,
            goods_fen=goods_fen,
            delivery_fen=delivery_fen,
            packaging_fen=packaging_fen,
            payable_fen=payable_fen,
            applied=applied,
            not_applied=not_applied,
            proven=proven,
            bound_fen=bound_fen,
            nodes=nodes,
        )

        priced.additional_properties = d
        return priced

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
