from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.coupon import Coupon


T = TypeVar("T", bound="PackIssue")


@_attrs_define
class PackIssue:
    """A pack that a member was given, with its copies. worth_fen: of all of them together.

    Attributes:
        pack (str):
        pack_version (int):
        worth_fen (int):
        coupons (list[Coupon]):
    """

    pack: str
    pack_version: int
    worth_fen: int
    coupons: list[Coupon]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        pack = self.pack

        pack_version = self.pack_version

        worth_fen = self.worth_fen

        coupons = []
        for coupons_item_data in self.coupons:
            coupons_item = coupons_item_data.to_dict()
            coupons.append(coupons_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "pack": pack,
                "pack_version": pack_version,
                "worth_fen": worth_fen,
                "coupons": coupons,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.coupon import Coupon

        d = dict(src_dict)
        pack = d.pop("pack")

        pack_version = d.pop("pack_version")

        worth_fen = d.pop("worth_fen")

        coupons = []
        _coupons = d.pop("coupons")
        for coupons_item_data in _coupons:
            coupons_item = Coupon.from_dict(coupons_item_data)

            coupons.append(coupons_item)

        pack_issue = cls(
            pack=pack,
            pack_version=pack_version,
            worth_fen=worth_fen,
            coupons=coupons,
        )

        pack_issue.additional_properties = d
        return pack_issue

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
