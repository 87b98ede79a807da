from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.applied_layer import AppliedLayer

if TYPE_CHECKING:
    from ..models.pricing_gift import PricingGift
    from ..models.text import Text


T = TypeVar("T", bound="Applied")


@_attrs_define
class Applied:
    """A rule that was applied. saved_fen: its adjustments' sum, or what it took off the delivery fee; cut_fen: what did
    not fit; times: groups, or how often a repeating step paid; pieces: at a price with a quota.

    Attributes:
        rule (str):
        layer (AppliedLayer):
        name (Text): One text in Chinese and English. Both are always there: a screen never falls back to the other
            language.
        saved_fen (int):
        cut_fen (int):
        coupon_id (None | str):
        times (int):
        pieces (int | None):
        gift (None | PricingGift):
    """

    rule: str
    layer: AppliedLayer
    name: Text
    saved_fen: int
    cut_fen: int
    coupon_id: None | str
    times: int
    pieces: int | None
    gift: None | PricingGift
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.pricing_gift import PricingGift

        rule = self.rule

        layer = self.layer.value

        name = self.name.to_dict()

        saved_fen = self.saved_fen

        cut_fen = self.cut_fen

        coupon_id: None | str
        coupon_id = self.coupon_id

        times = self.times

        pieces: int | None
        pieces = self.pieces

        gift: dict[str, Any] | None
        if isinstance(self.gift, PricingGift):
            gift = self.gift.to_dict()
        else:
            gift = self.gift

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "rule": rule,
                "layer": layer,
                "name": name,
                "saved_fen": saved_fen,
                "cut_fen": cut_fen,
                "coupon_id": coupon_id,
                "times": times,
                "pieces": pieces,
                "gift": gift,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.pricing_gift import PricingGift
        from ..models.text import Text

        d = dict(src_dict)
        rule = d.pop("rule")

        layer = AppliedLayer(d.pop("layer"))

        name = Text.from_dict(d.pop("name"))

        saved_fen = d.pop("saved_fen")

        cut_fen = d.pop("cut_fen")

        def _parse_coupon_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        coupon_id = _parse_coupon_id(d.pop("coupon_id"))

        times = d.pop("times")

        def _parse_pieces(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        pieces = _parse_pieces(d.pop("pieces"))

        def _parse_gift(data: object) -> None | PricingGift:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                gift_type_0 = PricingGift.from_dict(data)

                return gift_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PricingGift, data)

        gift = _parse_gift(d.pop("gift"))

        applied = cls(
            rule=rule,
            layer=layer,
            name=name,
            saved_fen=saved_fen,
            cut_fen=cut_fen,
            coupon_id=coupon_id,
            times=times,
            pieces=pieces,
            gift=gift,
        )

        applied.additional_properties = d
        return applied

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
