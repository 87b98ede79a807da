from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="QuotedPoints")


@_attrs_define
class QuotedPoints:
    """What points can do for the order: from `minimum` to `maximum` in steps, 0 where none can be used. used, off_fen:
        of those that were asked for. limit_fen: the share of the goods that points may take off. reasons: what keeps
    the
        maximum from being more. rule_version: of the spending rules.

        Attributes:
            available (int):
            minimum (int):
            step (int):
            maximum (int):
            limit_fen (int):
            rate_points (int):
            rate_fen (int):
            raised_by (None | str):
            reasons (list[str]):
            used (int):
            off_fen (int):
            rule_version (int):
    """

    available: int
    minimum: int
    step: int
    maximum: int
    limit_fen: int
    rate_points: int
    rate_fen: int
    raised_by: None | str
    reasons: list[str]
    used: int
    off_fen: int
    rule_version: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        available = self.available

        minimum = self.minimum

        step = self.step

        maximum = self.maximum

        limit_fen = self.limit_fen

        rate_points = self.rate_points

        rate_fen = self.rate_fen

        raised_by: None | str
        raised_by = self.raised_by

        reasons = self.reasons

        used = self.used

        off_fen = self.off_fen

        rule_version = self.rule_version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "available": available,
                "minimum": minimum,
                "step": step,
                "maximum": maximum,
                "limit_fen": limit_fen,
                "rate_points": rate_points,
                "rate_fen": rate_fen,
                "raised_by": raised_by,
                "reasons": reasons,
                "used": used,
                "off_fen": off_fen,
                "rule_version": rule_version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        available = d.pop("available")

        minimum = d.pop("minimum")

        step = d.pop("step")

        maximum = d.pop("maximum")

        limit_fen = d.pop("limit_fen")

        rate_points = d.pop("rate_points")

        rate_fen = d.pop("rate_fen")

        def _parse_raised_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        raised_by = _parse_raised_by(d.pop("raised_by"))

        reasons = cast(list[str], d.pop("reasons"))

        used = d.pop("used")

        off_fen = d.pop("off_fen")

        rule_version = d.pop("rule_version")

        quoted_points = cls(
            available=available,
            minimum=minimum,
            step=step,
            maximum=maximum,
            limit_fen=limit_fen,
            rate_points=rate_points,
            rate_fen=rate_fen,
            raised_by=raised_by,
            reasons=reasons,
            used=used,
            off_fen=off_fen,
            rule_version=rule_version,
        )

        quoted_points.additional_properties = d
        return quoted_points

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
