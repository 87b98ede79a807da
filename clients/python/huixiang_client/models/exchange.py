from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.exchange_direction import ExchangeDirection

T = TypeVar("T", bound="Exchange")


@_attrs_define
class Exchange:
    """One entry of the journal of exchanges.

    Attributes:
        partner (str):
        direction (ExchangeDirection):
        reference (str):
        points (int):
        partner_points (int):
        rule_version (int):
        occurred_at (str):
        recorded_at (str):
        business_day (datetime.date):
    """

    partner: str
    direction: ExchangeDirection
    reference: str
    points: int
    partner_points: int
    rule_version: int
    occurred_at: str
    recorded_at: str
    business_day: datetime.date
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        partner = self.partner

        direction = self.direction.value

        reference = self.reference

        points = self.points

        partner_points = self.partner_points

        rule_version = self.rule_version

        occurred_at = self.occurred_at

        recorded_at = self.recorded_at

        business_day = self.business_day.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "partner": partner,
                "direction": direction,
                "reference": reference,
                "points": points,
                "partner_points": partner_points,
                "rule_version": rule_version,
                "occurred_at": occurred_at,
                "recorded_at": recorded_at,
                "business_day": business_day,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        partner = d.pop("partner")

        direction = ExchangeDirection(d.pop("direction"))

        reference = d.pop("reference")

        points = d.pop("points")

        partner_points = d.pop("partner_points")

        rule_version = d.pop("rule_version")

        occurred_at = d.pop("occurred_at")

        recorded_at = d.pop("recorded_at")

        business_day = datetime.date.fromisoformat(d.pop("business_day"))

        exchange = cls(
            partner=partner,
            direction=direction,
            reference=reference,
            points=points,
            partner_points=partner_points,
            rule_version=rule_version,
            occurred_at=occurred_at,
            recorded_at=recorded_at,
            business_day=business_day,
        )

        exchange.additional_properties = d
        return exchange

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
