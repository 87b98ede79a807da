from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

from ..models.new_redemption_purpose import NewRedemptionPurpose

T = TypeVar("T", bound="NewRedemption")


@_attrs_define
class NewRedemption:
    """Points for something of the mall, or for the public good; `reference` says for what.

    Attributes:
        purpose (NewRedemptionPurpose):
        points (int):
        reference (str):
    """

    purpose: NewRedemptionPurpose
    points: int
    reference: str

    def to_dict(self) -> dict[str, Any]:
        purpose = self.purpose.value

        points = self.points

        reference = self.reference

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "purpose": purpose,
                "points": points,
                "reference": reference,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        purpose = NewRedemptionPurpose(d.pop("purpose"))

        points = d.pop("points")

        reference = d.pop("reference")

        new_redemption = cls(
            purpose=purpose,
            points=points,
            reference=reference,
        )

        return new_redemption
