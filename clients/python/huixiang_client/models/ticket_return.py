from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="TicketReturn")


@_attrs_define
class TicketReturn:
    """Points that come back to the pool by the refund `reference`.

    Attributes:
        points (int): Points, above zero.
        reference (str): The partner's own name for one exchange.
    """

    points: int
    reference: str

    def to_dict(self) -> dict[str, Any]:
        points = self.points

        reference = self.reference

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "points": points,
                "reference": reference,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        points = d.pop("points")

        reference = d.pop("reference")

        ticket_return = cls(
            points=points,
            reference=reference,
        )

        return ticket_return
