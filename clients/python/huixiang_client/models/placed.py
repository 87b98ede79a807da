from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.placed_payment import PlacedPayment
from ..models.placed_state import PlacedState

if TYPE_CHECKING:
    from ..models.applied import Applied
    from ..models.fulfilled import Fulfilled
    from ..models.granted_line import GrantedLine


T = TypeVar("T", bound="Placed")


@_attrs_define
class Placed:
    """An order on its way. points are held and take points_off_fen off; due_fen was left to pay when it was placed,
        cash_fen is what it comes to beside points now: as it was picked, whatever was paid of that. pay_by: when an
    unpaid
        one is cancelled by itself; null too where it was paid and only what it weighs more is due. promotions_version:
    of
        the quote. coupons: those that it holds or used. benefits: of each of which it takes a use. fulfilled: as it
        stands since it was picked, and what that gave back; null before. reason: why it was cancelled.

        Attributes:
            order_id (UUID):
            order_number (str):
            member_id (UUID):
            source (str):
            external_id (str):
            state (PlacedState):
            payment (PlacedPayment):
            store_id (None | str):
            channel (str):
            programme (str):
            promotions_version (int):
            fulfilment_version (int):
            list_fen (int):
            goods_fen (int):
            delivery_fen (int):
            packaging_fen (int):
            points (int):
            points_off_fen (int):
            due_fen (int):
            cash_fen (int):
            lines (list[GrantedLine]):
            applied (list[Applied]):
            coupons (list[UUID]):
            benefits (list[str]):
            fulfilled (Fulfilled | None):
            placed_at (str):
            pay_by (None | str):
            fulfilled_at (None | str):
            settled_at (None | str):
            reason (None | str):
    """

    order_id: UUID
    order_number: str
    member_id: UUID
    source: str
    external_id: str
    state: PlacedState
    payment: PlacedPayment
    store_id: None | str
    channel: str
    programme: str
    promotions_version: int
    fulfilment_version: int
    list_fen: int
    goods_fen: int
    delivery_fen: int
    packaging_fen: int
    points: int
    points_off_fen: int
    due_fen: int
    cash_fen: int
    lines: list[GrantedLine]
    applied: list[Applied]
    coupons: list[UUID]
    benefits: list[str]
    fulfilled: Fulfilled | None
    placed_at: str
    pay_by: None | str
    fulfilled_at: None | str
    settled_at: None | str
    reason: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.fulfilled import Fulfilled

        order_id = str(self.order_id)

        order_number = self.order_number

        member_id = str(self.member_id)

        source = self.source

        external_id = self.external_id

        state = self.state.value

        payment = self.payment.value

        store_id: None | str
        store_id = self.store_id

        channel = self.channel

        programme = self.programme

        promotions_version = self.promotions_version

        fulfilment_version = self.fulfilment_version

        list_fen = self.list_fen

        goods_fen = self.goods_fen

        delivery_fen = self.delivery_fen

        packaging_fen = self.packaging_fen

        points = self.points

        points_off_fen = self.points_off_fen

        due_fen = self.due_fen

        cash_fen = self.cash_fen

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        applied = []
        for applied_item_data in self.applied:
            applied_item = applied_item_data.to_dict()
            applied.append(applied_item)

        coupons = []
        for coupons_item_data in self.coupons:
            coupons_item = str(coupons_item_data)
            coupons.append(coupons_item)

        benefits = self.benefits

        fulfilled: dict[str, Any] | None
        if isinstance(self.fulfilled, Fulfilled):
            fulfilled = self.fulfilled.to_dict()
        else:
            fulfilled = self.fulfilled

        placed_at = self.placed_at

        pay_by: None | str
        pay_by = self.pay_by

        fulfilled_at: None | str
        fulfilled_at = self.fulfilled_at

        settled_at: None | str
        settled_at = self.settled_at

        reason: None | str
        reason = self.reason

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "order_id": order_id,
                "order_number": order_number,
                "member_id": member_id,
                "source": source,
                "external_id": external_id,
                "state": state,
                "payment": payment,
                "store_id": store_id,
                "channel": channel,
                "programme": programme,
                "promotions_version": promotions_version,
                "fulfilment_version": fulfilment_version,
                "list_fen": list_fen,
                "goods_fen": goods_fen,
                "delivery_fen": delivery_fen,
                "packaging_fen": packaging_fen,
                "points": points,
                "points_off_fen": points_off_fen,
                "due_fen": due_fen,
                "cash_fen": cash_fen,
                "lines": lines,
                "applied": applied,
                "coupons": coupons,
                "benefits": benefits,
                "fulfilled": fulfilled,
                "placed_at": placed_at,
                "pay_by": pay_by,
                "fulfilled_at": fulfilled_at,
                "settled_at": settled_at,
                "reason": reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.applied import Applied
        from ..models.fulfilled import Fulfilled
        from ..models.granted_line import GrantedLine

        d = dict(src_dict)
        order_id = UUID(d.pop("order_id"))

        order_number = d.pop("order_number")

        member_id = UUID(d.pop("member_id"))

        source = d.pop("source")

        external_id = d.pop("external_id")

        state = PlacedState(d.pop("state"))

        payment = PlacedPayment(d.pop("payment"))

        def _parse_store_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        store_id = _parse_store_id(d.pop("store_id"))

        channel = d.pop("channel")

        programme = d.pop("programme")

        promotions_version = d.pop("promotions_version")

        fulfilment_version = d.pop("fulfilment_version")

        list_fen = d.pop("list_fen")

        goods_fen = d.pop("goods_fen")

        delivery_fen = d.pop("delivery_fen")

        packaging_fen = d.pop("packaging_fen")

        points = d.pop("points")

        points_off_fen = d.pop("points_off_fen")

        due_fen = d.pop("due_fen")

        cash_fen = d.pop("cash_fen")

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = GrantedLine.from_dict(lines_item_data)

            lines.append(lines_item)

        applied = []
        _applied = d.pop("applied")
        for applied_item_data in _applied:
            applied_item = Applied.from_dict(applied_item_data)

            applied.append(applied_item)

        coupons = []
        _coupons = d.pop("coupons")
        for coupons_item_data in _coupons:
            coupons_item = UUID(coupons_item_data)

            coupons.append(coupons_item)

        benefits = cast(list[str], d.pop("benefits"))

        def _parse_fulfilled(data: object) -> Fulfilled | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                fulfilled_type_0 = Fulfilled.from_dict(data)

                return fulfilled_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Fulfilled | None, data)

        fulfilled = _parse_fulfilled(d.pop("fulfilled"))

        placed_at = d.pop("placed_at")

        def _parse_pay_by(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        pay_by = _parse_pay_by(d.pop("pay_by"))

        def _parse_fulfilled_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        fulfilled_at = _parse_fulfilled_at(d.pop("fulfilled_at"))

        def _parse_settled_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        settled_at = _parse_settled_at(d.pop("settled_at"))

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))

        placed = cls(
            order_id=order_id,
            order_number=order_number,
            member_id=member_id,
            source=source,
            external_id=external_id,
            state=state,
            payment=payment,
            store_id=store_id,
            channel=channel,
            programme=programme,
            promotions_version=promotions_version,
            fulfilment_version=fulfilment_version,
            list_fen=list_fen,
            goods_fen=goods_fen,
            delivery_fen=delivery_fen,
            packaging_fen=packaging_fen,
            points=points,
            points_off_fen=points_off_fen,
            due_fen=due_fen,
            cash_fen=cash_fen,
            lines=lines,
            applied=applied,
            coupons=coupons,
            benefits=benefits,
            fulfilled=fulfilled,
            placed_at=placed_at,
            pay_by=pay_by,
            fulfilled_at=fulfilled_at,
            settled_at=settled_at,
            reason=reason,
        )

        placed.additional_properties = d
        return placed

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
