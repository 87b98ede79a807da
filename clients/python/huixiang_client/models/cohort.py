from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Cohort")


@_attrs_define
class Cohort:
    """What became of the points earned in one month, up to now: used (spent less given back), expired, left otherwise
    (taken back, sent away, adjusted), and outstanding. They sum to `credited`.

    Attributes:
        earned_in (datetime.date):
        credited (int):
        used (int):
        expired (int):
        otherwise (int):
        outstanding (int):
        used_bp (int):
        expired_bp (int):
    """

    earned_in: datetime.date
    credited: int
    used: int
    expired: int
    otherwise: int
    outstanding: int
    used_bp: int
    expired_bp: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        earned_in = self.earned_in.isoformat()

        credited = self.credited

        used = self.used

        expired = self.expired

        otherwise = self.otherwise

        outstanding = self.outstanding

        used_bp = self.used_bp

        expired_bp = self.expired_bp

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "earned_in": earned_in,
                "credited": credited,
                "used": used,
                "expired": expired,
                "otherwise": otherwise,
                "outstanding": outstanding,
                "used_bp": used_bp,
                "expired_bp": expired_bp,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        earned_in = datetime.date.fromisoformat(d.pop("earned_in"))

        credited = d.pop("credited")

        used = d.pop("used")

        expired = d.pop("expired")

        otherwise = d.pop("otherwise")

        outstanding = d.pop("outstanding")

        used_bp = d.pop("used_bp")

        expired_bp = d.pop("expired_bp")

        cohort = cls(
            earned_in=earned_in,
            credited=credited,
            used=used,
            expired=expired,
            otherwise=otherwise,
            outstanding=outstanding,
            used_bp=used_bp,
            expired_bp=expired_bp,
        )

        cohort.additional_properties = d
        return cohort

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
