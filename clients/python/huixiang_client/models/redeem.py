from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="Redeem")


@_attrs_define
class Redeem:
    """Points that are taken with an order, and what the caller let them take off it: their worth, to the fen.

    Attributes:
        points (int): Points.
        off_fen (int): Money in fen (0.01 yuan), above zero.
    """

    points: int
    off_fen: int

    def to_dict(self) -> dict[str, Any]:
        points = self.points

        off_fen = self.off_fen

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "points": points,
                "off_fen": off_fen,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        points = d.pop("points")

        off_fen = d.pop("off_fen")

        redeem = cls(
            points=points,
            off_fen=off_fen,
        )

        return redeem
