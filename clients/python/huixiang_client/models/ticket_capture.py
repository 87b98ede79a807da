from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="TicketCapture")


@_attrs_define
class TicketCapture:
    """How much of a ticket is spent.

    Attributes:
        points (int): Points, above zero.
    """

    points: int

    def to_dict(self) -> dict[str, Any]:
        points = self.points

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "points": points,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        points = d.pop("points")

        ticket_capture = cls(
            points=points,
        )

        return ticket_capture
