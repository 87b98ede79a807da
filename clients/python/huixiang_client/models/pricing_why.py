from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.priced import Priced


T = TypeVar("T", bound="PricingWhy")


@_attrs_define
class PricingWhy:
    """A quote priced again under its version and moment, with every rule that touched it and what each would cost.

    Attributes:
        version (int):
        issued_at (str):
        expires_at (str):
        priced (Priced): payable_fen = goods_fen + delivery_fen + packaging_fen, before points; goods_fen is the sum of
            the lines.

                proven: no combination that the rules allow is cheaper. Where the search stopped before (`nodes` reached the
            limit),
                none can be below bound_fen; otherwise that is payable_fen.
    """

    version: int
    issued_at: str
    expires_at: str
    priced: Priced
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        version = self.version

        issued_at = self.issued_at

        expires_at = self.expires_at

        priced = self.priced.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "version": version,
                "issued_at": issued_at,
                "expires_at": expires_at,
                "priced": priced,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.priced import Priced

        d = dict(src_dict)
        version = d.pop("version")

        issued_at = d.pop("issued_at")

        expires_at = d.pop("expires_at")

        priced = Priced.from_dict(d.pop("priced"))

        pricing_why = cls(
            version=version,
            issued_at=issued_at,
            expires_at=expires_at,
            priced=priced,
        )

        pricing_why.additional_properties = d
        return pricing_why

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
