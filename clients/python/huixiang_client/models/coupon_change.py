from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.coupon_change_state import CouponChangeState
from ..models.coupon_change_what import CouponChangeWhat

T = TypeVar("T", bound="CouponChange")


@_attrs_define
class CouponChange:
    """One change of a copy, with what it was after it. seq: from 1, without a gap. member_id: who had it then, which is
    another member where it came by a merge. order_id: of the order that the change is about.

    Attributes:
        seq (int):
        member_id (UUID):
        what (CouponChangeWhat):
        state (CouponChangeState):
        order_id (None | UUID):
        expires_at (None | str):
        cause (str):
        changed_at (str):
    """

    seq: int
    member_id: UUID
    what: CouponChangeWhat
    state: CouponChangeState
    order_id: None | UUID
    expires_at: None | str
    cause: str
    changed_at: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        seq = self.seq

        member_id = str(self.member_id)

        what = self.what.value

        state = self.state.value

        order_id: None | str
        if isinstance(self.order_id, UUID):
            order_id = str(self.order_id)
        else:
            order_id = self.order_id

        expires_at: None | str
        expires_at = self.expires_at

        cause = self.cause

        changed_at = self.changed_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "seq": seq,
                "member_id": member_id,
                "what": what,
                "state": state,
                "order_id": order_id,
                "expires_at": expires_at,
                "cause": cause,
                "changed_at": changed_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        seq = d.pop("seq")

        member_id = UUID(d.pop("member_id"))

        what = CouponChangeWhat(d.pop("what"))

        state = CouponChangeState(d.pop("state"))

        def _parse_order_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                order_id_type_0 = UUID(data)

                return order_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        order_id = _parse_order_id(d.pop("order_id"))

        def _parse_expires_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        expires_at = _parse_expires_at(d.pop("expires_at"))

        cause = d.pop("cause")

        changed_at = d.pop("changed_at")

        coupon_change = cls(
            seq=seq,
            member_id=member_id,
            what=what,
            state=state,
            order_id=order_id,
            expires_at=expires_at,
            cause=cause,
            changed_at=changed_at,
        )

        coupon_change.additional_properties = d
        return coupon_change

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
