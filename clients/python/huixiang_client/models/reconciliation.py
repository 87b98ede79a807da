from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.points_difference import PointsDifference


T = TypeVar("T", bound="Reconciliation")


@_attrs_define
class Reconciliation:
    """What came of holding a partner's file against ours. `agreed`: how many exchanges are alike.

    Attributes:
        partner (str):
        business_day (datetime.date):
        agreed (int):
        differences (list[PointsDifference]):
    """

    partner: str
    business_day: datetime.date
    agreed: int
    differences: list[PointsDifference]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        partner = self.partner

        business_day = self.business_day.isoformat()

        agreed = self.agreed

        differences = []
        for differences_item_data in self.differences:
            differences_item = differences_item_data.to_dict()
            differences.append(differences_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "partner": partner,
                "business_day": business_day,
                "agreed": agreed,
                "differences": differences,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.points_difference import PointsDifference

        d = dict(src_dict)
        partner = d.pop("partner")

        business_day = datetime.date.fromisoformat(d.pop("business_day"))

        agreed = d.pop("agreed")

        differences = []
        _differences = d.pop("differences")
        for differences_item_data in _differences:
            differences_item = PointsDifference.from_dict(differences_item_data)

            differences.append(differences_item)

        reconciliation = cls(
            partner=partner,
            business_day=business_day,
            agreed=agreed,
            differences=differences,
        )

        reconciliation.additional_properties = d
        return reconciliation

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
