from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="CashOff")


@_attrs_define
class CashOff:
    """What of the available points an order can use, and what that takes off.

        limit_fen: the share of the goods that points may take off. rate_points, rate_fen: the rate that held;
    raised_by:
        the raise that made it. reasons: what kept it from being more: `available`, `share`, `step`, `minimum`, in the
    order
        in which they came to bear.

        Attributes:
            available (int): Points, not negative.
            goods_fen (int): Money in fen (0.01 yuan), not negative.
            limit_fen (int): Money in fen (0.01 yuan), not negative.
            usable (int): Points, not negative.
            fen_off (int): Money in fen (0.01 yuan), not negative.
            rate_points (int):
            rate_fen (int):
            raised_by (None | str):
            step (int):
            minimum (int):
            reasons (list[str]):
            rule (str):
            rule_version (int):
    """

    available: int
    goods_fen: int
    limit_fen: int
    usable: int
    fen_off: int
    rate_points: int
    rate_fen: int
    raised_by: None | str
    step: int
    minimum: int
    reasons: list[str]
    rule: str
    rule_version: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        available = self.available

        goods_fen = self.goods_fen

        limit_fen = self.limit_fen

        usable = self.usable

        fen_off = self.fen_off

        rate_points = self.rate_points

        rate_fen = self.rate_fen

        raised_by: None | str
        raised_by = self.raised_by

        step = self.step

        minimum = self.minimum

        reasons = self.reasons

        rule = self.rule

        rule_version = self.rule_version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "available": available,
                "goods_fen": goods_fen,
                "limit_fen": limit_fen,
                "usable": usable,
                "fen_off": fen_off,
                "rate_points": rate_points,
                "rate_fen": rate_fen,
                "raised_by": raised_by,
                "step": step,
                "minimum": minimum,
                "reasons": reasons,
                "rule": rule,
                "rule_version": rule_version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        available = d.pop("available")

        goods_fen = d.pop("goods_fen")

        limit_fen = d.pop("limit_fen")

        usable = d.pop("usable")

        fen_off = d.pop("fen_off")

        rate_points = d.pop("rate_points")

        rate_fen = d.pop("rate_fen")

        def _parse_raised_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        raised_by = _parse_raised_by(d.pop("raised_by"))

        step = d.pop("step")

        minimum = d.pop("minimum")

        reasons = cast(list[str], d.pop("reasons"))

        rule = d.pop("rule")

        rule_version = d.pop("rule_version")

        cash_off = cls(
            available=available,
            goods_fen=goods_fen,
            limit_fen=limit_fen,
            usable=usable,
            fen_off=fen_off,
            rate_points=rate_points,
            rate_fen=rate_fen,
            raised_by=raised_by,
            step=step,
            minimum=minimum,
            reasons=reasons,
            rule=rule,
            rule_version=rule_version,
        )

        cash_off.additional_properties = d
        return cash_off

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
