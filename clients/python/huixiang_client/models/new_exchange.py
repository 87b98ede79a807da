from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define

from ..models.new_exchange_direction import NewExchangeDirection

if TYPE_CHECKING:
    from ..models.member_ref import MemberRef


T = TypeVar("T", bound="NewExchange")


@_attrs_define
class NewExchange:
    """Points of the partner that become ours (`in`), or that ours become (`out`).

    Attributes:
        direction (NewExchangeDirection):
        reference (str): The partner's own name for one exchange.
        member (MemberRef): One way to name a member: `member_id`, or `number`, or `phone`, or `source` with
            `external_id`.
        partner_points (int): Points, above zero.
    """

    direction: NewExchangeDirection
    reference: str
    member: MemberRef
    partner_points: int

    def to_dict(self) -> dict[str, Any]:
        direction = self.direction.value

        reference = self.reference

        member = self.member.to_dict()

        partner_points = self.partner_points

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "direction": direction,
                "reference": reference,
                "member": member,
                "partner_points": partner_points,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.member_ref import MemberRef

        d = dict(src_dict)
        direction = NewExchangeDirection(d.pop("direction"))

        reference = d.pop("reference")

        member = MemberRef.from_dict(d.pop("member"))

        partner_points = d.pop("partner_points")

        new_exchange = cls(
            direction=direction,
            reference=reference,
            member=member,
            partner_points=partner_points,
        )

        return new_exchange
