from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SettlementFile")


@_attrs_define
class SettlementFile:
    """`file` is the CSV; `sha256` is of all its bytes, in hex.

    Attributes:
        partner (str):
        business_day (datetime.date):
        sha256 (str):
        file (str):
    """

    partner: str
    business_day: datetime.date
    sha256: str
    file: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        partner = self.partner

        business_day = self.business_day.isoformat()

        sha256 = self.sha256

        file = self.file

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "partner": partner,
                "business_day": business_day,
                "sha256": sha256,
                "file": file,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        partner = d.pop("partner")

        business_day = datetime.date.fromisoformat(d.pop("business_day"))

        sha256 = d.pop("sha256")

        file = d.pop("file")

        settlement_file = cls(
            partner=partner,
            business_day=business_day,
            sha256=sha256,
            file=file,
        )

        settlement_file.additional_properties = d
        return settlement_file

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
