from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.order_kind import OrderKind
from ..models.order_state import OrderState

if TYPE_CHECKING:
    from ..models.order_line import OrderLine
    from ..models.tender import Tender


T = TypeVar("T", bound="Order")


@_attrs_define
class Order:
    """An order as it was posted. `earns` is false where the state of the member did not allow earning then (MEM-14):
        it has neither points nor growth, whatever the rules of those versions give.

        kind: priced elsewhere, or placed on a quote. points_cut: what caps took off the points that it would have
    earned.
        refunded_fen: the worth of what came back; cash_refunded_fen: what was paid back for it. points_short: of the
        refunded points, those that were not found and are not owed. gifts_held_fen: of what came back, kept back for
    gifts
        that have not come back yet.

        Attributes:
            order_id (UUID):
            order_number (str):
            member_id (UUID):
            source (str):
            external_id (str):
            state (OrderState):
            store_id (None | str):
            channel (str):
            programme (str):
            earning_version (int):
            tiers_version (int):
            payable_fen (int):
            cash_fen (int):
            earns (bool):
            points (int):
            growth (int):
            refunded_fen (int):
            refunded_points (int):
            refunded_growth (int):
            completed_at (str):
            business_day (datetime.date):
            kind (OrderKind):
            points_cut (int):
            cash_refunded_fen (int):
            points_short (int):
            gifts_held_fen (int):
            lines (list[OrderLine]):
            tenders (list[Tender]):
    """

    order_id: UUID
    order_number: str
    member_id: UUID
    source: str
    external_id: str
    state: OrderState
    store_id: None | str
    channel: str
    programme: str
    earning_version: int
    tiers_version: int
    payable_fen: int
    cash_fen: int
    earns: bool
    points: int
    growth: int
    refunded_fen: int
    refunded_points: int
    refunded_growth: int
    completed_at: str
    business_day: datetime.date
    kind: OrderKind
    points_cut: int
    cash_refunded_fen: int
    points_short: int
    gifts_held_fen: int
    lines: list[OrderLine]
    tenders: list[Tender]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        order_id = str(self.order_id)

        order_number = self.order_number

        member_id = str(self.member_id)

        source = self.source

        external_id = self.external_id

        state = self.state.value

        store_id: None | str
        store_id = self.store_id

        channel = self.channel

        programme = self.programme

        earning_version = self.earning_version

        tiers_version = self.tiers_version

        payable_fen = self.payable_fen

        cash_fen = self.cash_fen

        earns = self.earns

        points = self.points

        growth = self.growth

        refunded_fen = self.refunded_fen

        refunded_points = self.refunded_points

        refunded_growth = self.refunded_growth

        completed_at = self.completed_at

        business_day = self.business_day.isoformat()

        kind = self.kind.value

        points_cut = self.points_cut

        cash_refunded_fen = self.cash_refunded_fen

        points_short = self.points_short

        gifts_held_fen = self.gifts_held_fen

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        tenders = []
        for tenders_item_data in self.tenders:
            tenders_item = tenders_item_data.to_dict()
            tenders.append(tenders_item)

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
                "store_id": store_id,
                "channel": channel,
                "programme": programme,
                "earning_version": earning_version,
                "tiers_version": tiers_version,
                "payable_fen": payable_fen,
                "cash_fen": cash_fen,
                "earns": earns,
                "points": points,
                "growth": growth,
                "refunded_fen": refunded_fen,
                "refunded_points": refunded_points,
                "refunded_growth": refunded_growth,
                "completed_at": completed_at,
                "business_day": business_day,
                "kind": kind,
                "points_cut": points_cut,
                "cash_refunded_fen": cash_refunded_fen,
                "points_short": points_short,
                "gifts_held_fen": gifts_held_fen,
                "lines": lines,
                "tenders": tenders,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.order_line import OrderLine
        from ..models.tender import Tender

        d = dict(src_dict)
        order_id = UUID(d.pop("order_id"))

        order_number = d.pop("order_number")

        member_id = UUID(d.pop("member_id"))

        source = d.pop("source")

        external_id = d.pop("external_id")

        state = OrderState(d.pop("state"))

        def _parse_store_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        store_id = _parse_store_id(d.pop("store_id"))

        channel = d.pop("channel")

        programme = d.pop("programme")

        earning_version = d.pop("earning_version")

        tiers_version = d.pop("tiers_version")

        payable_fen = d.pop("payable_fen")

        cash_fen = d.pop("cash_fen")

        earns = d.pop("earns")

        points = d.pop("points")

        growth = d.pop("growth")

        refunded_fen = d.pop("refunded_fen")

        refunded_points = d.pop("refunded_points")

        refunded_growth = d.pop("refunded_growth")

        completed_at = d.pop("completed_at")

        business_day = datetime.date.fromisoformat(d.pop("business_day"))

        kind = OrderKind(d.pop("kind"))

        points_cut = d.pop("points_cut")

        cash_refunded_fen = d.pop("cash_refunded_fen")

        points_short = d.pop("points_short")

        gifts_held_fen = d.pop("gifts_held_fen")

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = OrderLine.from_dict(lines_item_data)

            lines.append(lines_item)

        tenders = []
        _tenders = d.pop("tenders")
        for tenders_item_data in _tenders:
            tenders_item = Tender.from_dict(tenders_item_data)

            tenders.append(tenders_item)

        order = cls(
            order_id=order_id,
            order_number=order_number,
            member_id=member_id,
            source=source,
            external_id=external_id,
            state=state,
            store_id=store_id,
            channel=channel,
            programme=programme,
            earning_version=earning_version,
            tiers_version=tiers_version,
            payable_fen=payable_fen,
            cash_fen=cash_fen,
            earns=earns,
            points=points,
            growth=growth,
            refunded_fen=refunded_fen,
            refunded_points=refunded_points,
            refunded_growth=refunded_growth,
            completed_at=completed_at,
            business_day=business_day,
            kind=kind,
            points_cut=points_cut,
            cash_refunded_fen=cash_refunded_fen,
            points_short=points_short,
            gifts_held_fen=gifts_held_fen,
            lines=lines,
            tenders=tenders,
        )

        order.additional_properties = d
        return order

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
