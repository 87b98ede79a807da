from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.picked import Picked


T = TypeVar("T", bound="OrderFulfilment")


@_attrs_define
class OrderFulfilment:
    """What was picked. Lines that are not named were picked as they were ordered.

    Attributes:
        picked (list[Picked] | Unset):
    """

    picked: list[Picked] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        picked: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.picked, Unset):
            picked = []
            for picked_item_data in self.picked:
                picked_item = picked_item_data.to_dict()
                picked.append(picked_item)

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if picked is not UNSET:
            field_dict["picked"] = picked

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.picked import Picked

        d = dict(src_dict)
        _picked = d.pop("picked", UNSET)
        picked: list[Picked] | Unset = UNSET
        if _picked is not UNSET:
            picked = []
            for picked_item_data in _picked:
                picked_item = Picked.from_dict(picked_item_data)

                picked.append(picked_item)

        order_fulfilment = cls(
            picked=picked,
        )

        return order_fulfilment
