from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.coupon_state import CouponState

T = TypeVar("T", bound="Coupon")


@_attrs_define
class Coupon:
    """One copy. template and template_version: what it was issued by, null for a bare copy of a rule. order_id: of the
    order that holds it, or used it.

    Attributes:
        coupon_id (UUID):
        rule (str):
        template (None | str):
        template_version (int | None):
        state (CouponState):
        order_id (None | UUID):
        issued_at (str):
        expires_at (None | str):
    """

    coupon_id: UUID
    rule: str
    template: None | str
    template_version: int | None
    state: CouponState
    order_id: None | UUID
    issued_at: str
    expires_at: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        coupon_id = str(self.coupon_id)

        rule = self.rule

        template: None | str
        template = self.template

        template_version: int | None
        template_version = self.template_version

        state = self.state.value

        order_id: None | str
        if isinstance(self.order_id, UUID):
            order_id = str(self.order_id)
        else:
            order_id = self.order_id

        issued_at = self.issued_at

        expires_at: None | str
        expires_at = self.expires_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "coupon_id": coupon_id,
                "rule": rule,
                "template": template,
                "template_version": template_version,
                "state": state,
                "order_id": order_id,
                "issued_at": issued_at,
                "expires_at": expires_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        coupon_id = UUID(d.pop("coupon_id"))

        rule = d.pop("rule")

        def _parse_template(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        template = _parse_template(d.pop("template"))

        def _parse_template_version(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        template_version = _parse_template_version(d.pop("template_version"))

        state = CouponState(d.pop("state"))

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

        issued_at = d.pop("issued_at")

        def _parse_expires_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        expires_at = _parse_expires_at(d.pop("expires_at"))

        coupon = cls(
            coupon_id=coupon_id,
            rule=rule,
            template=template,
            template_version=template_version,
            state=state,
            order_id=order_id,
            issued_at=issued_at,
            expires_at=expires_at,
        )

        coupon.additional_properties = d
        return coupon

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
