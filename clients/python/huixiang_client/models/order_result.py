from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="OrderResult")


@_attrs_define
class OrderResult:
    """What posting an order did. `created` is false where it was there already with the same content; `earns` where the
    state of the member does not allow earning, so that the order is kept without points and growth.

    programme, earning_version: the earning rules that decided. points_cut: what caps took off the points.
    points_redeemed: taken by this order, worth points_off_fen of it.

    Attributes:
        order_id (UUID):
        order_number (str):
        member_id (UUID):
        cash_fen (int):
        earns (bool):
        programme (str):
        earning_version (int):
        points (int):
        points_cut (int):
        growth (int):
        created (bool):
        points_redeemed (int):
        points_off_fen (int):
    """

    order_id: UUID
    order_number: str
    member_id: UUID
    cash_fen: int
    earns: bool
    programme: str
    earning_version: int
    points: int
    points_cut: int
    growth: int
    created: bool
    points_redeemed: int
    points_off_fen: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        order_id = str(self.order_id)

        order_number = self.order_number

        member_id = str(self.member_id)

        cash_fen = self.cash_fen

        earns = self.earns

        programme = self.programme

        earning_version = self.earning_version

        points = self.points

        points_cut = self.points_cut

        growth = self.growth

        created = self.created

        points_redeemed = self.points_redeemed

        points_off_fen = self.points_off_fen

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "order_id": order_id,
                "order_number": order_number,
                "member_id": member_id,
                "cash_fen": cash_fen,
                "earns": earns,
                "programme": programme,
                "earning_version": earning_version,
                "points": points,
                "points_cut": points_cut,
                "growth": growth,
                "created": created,
                "points_redeemed": points_redeemed,
                "points_off_fen": points_off_fen,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        order_id = UUID(d.pop("order_id"))

        order_number = d.pop("order_number")

        member_id = UUID(d.pop("member_id"))

        cash_fen = d.pop("cash_fen")

        earns = d.pop("earns")

        programme = d.pop("programme")

        earning_version = d.pop("earning_version")

        points = d.pop("points")

        points_cut = d.pop("points_cut")

        growth = d.pop("growth")

        created = d.pop("created")

        points_redeemed = d.pop("points_redeemed")

        points_off_fen = d.pop("points_off_fen")

        order_result = cls(
            order_id=order_id,
            order_number=order_number,
            member_id=member_id,
            cash_fen=cash_fen,
            earns=earns,
            programme=programme,
            earning_version=earning_version,
            points=points,
            points_cut=points_cut,
            growth=growth,
            created=created,
            points_redeemed=points_redeemed,
            points_off_fen=points_off_fen,
        )

        order_result.additional_properties = d
        return order_result

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
