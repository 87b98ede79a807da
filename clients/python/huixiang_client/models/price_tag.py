from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.price_tag_by_tier import PriceTagByTier


T = TypeVar("T", bound="PriceTag")


@_attrs_define
class PriceTag:
    """One good. public_fen: what it costs in the store without any promotion; member_fen: the best unit price now;
    saving_fen: the one less the other. label, rule: of the price that was chosen, where it is not the public one.
    reference_fen: the lowest public price in the store in the days before, for a price that is struck through.
    by_tier: by the tier's code.

    Attributes:
        sku (str):
        price_basis (int):
        list_fen (int):
        public_fen (int):
        member_fen (int):
        saving_fen (int):
        label (None | str):
        rule (None | str):
        reference_fen (int | None):
        by_tier (PriceTagByTier):
    """

    sku: str
    price_basis: int
    list_fen: int
    public_fen: int
    member_fen: int
    saving_fen: int
    label: None | str
    rule: None | str
    reference_fen: int | None
    by_tier: PriceTagByTier
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        sku = self.sku

        price_basis = self.price_basis

        list_fen = self.list_fen

        public_fen = self.public_fen

        member_fen = self.member_fen

        saving_fen = self.saving_fen

        label: None | str
        label = self.label

        rule: None | str
        rule = self.rule

        reference_fen: int | None
        reference_fen = self.reference_fen

        by_tier = self.by_tier.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "sku": sku,
                "price_basis": price_basis,
                "list_fen": list_fen,
                "public_fen": public_fen,
                "member_fen": member_fen,
                "saving_fen": saving_fen,
                "label": label,
                "rule": rule,
                "reference_fen": reference_fen,
                "by_tier": by_tier,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.price_tag_by_tier import PriceTagByTier

        d = dict(src_dict)
        sku = d.pop("sku")

        price_basis = d.pop("price_basis")

        list_fen = d.pop("list_fen")

        public_fen = d.pop("public_fen")

        member_fen = d.pop("member_fen")

        saving_fen = d.pop("saving_fen")

        def _parse_label(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        label = _parse_label(d.pop("label"))

        def _parse_rule(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        rule = _parse_rule(d.pop("rule"))

        def _parse_reference_fen(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        reference_fen = _parse_reference_fen(d.pop("reference_fen"))

        by_tier = PriceTagByTier.from_dict(d.pop("by_tier"))

        price_tag = cls(
            sku=sku,
            price_basis=price_basis,
            list_fen=list_fen,
            public_fen=public_fen,
            member_fen=member_fen,
            saving_fen=saving_fen,
            label=label,
            rule=rule,
            reference_fen=reference_fen,
            by_tier=by_tier,
        )

        price_tag.additional_properties = d
        return price_tag

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
