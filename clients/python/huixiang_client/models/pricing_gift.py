from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

from ..models.pricing_gift_kind import PricingGiftKind

T = TypeVar("T", bound="PricingGift")


@_attrs_define
class PricingGift:
    """`what`: a sku or a coupon template; `count`: pieces, coupons or points. `value_fen` is what it is declared to be
    worth, all together: among equal prices the higher one is chosen.

    Attributes:
        kind (PricingGiftKind):
        what (str):
        count (int):
        value_fen (int): Money in fen (0.01 yuan), not negative.
    """

    kind: PricingGiftKind
    what: str
    count: int
    value_fen: int

    def to_dict(self) -> dict[str, Any]:
        kind = self.kind.value

        what = self.what

        count = self.count

        value_fen = self.value_fen

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "kind": kind,
                "what": what,
                "count": count,
                "value_fen": value_fen,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        kind = PricingGiftKind(d.pop("kind"))

        what = d.pop("what")

        count = d.pop("count")

        value_fen = d.pop("value_fen")

        pricing_gift = cls(
            kind=kind,
            what=what,
            count=count,
            value_fen=value_fen,
        )

        return pricing_gift
