from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.goods_state import GoodsState
from ..models.not_at_once import NotAtOnce
from ..models.refund_ground import RefundGround
from ..models.request_state import RequestState
from ..models.requested_refund_asked_by import RequestedRefundAskedBy
from ..models.requested_refund_decided_by_type_0 import RequestedRefundDecidedByType0

if TYPE_CHECKING:
    from ..models.refund_line import RefundLine
    from ..models.request_change import RequestChange


T = TypeVar("T", bound="RequestedRefund")


@_attrs_define
class RequestedRefund:
    """A request as it stands. worth_fen: what its lines would have given back when it was asked; what they gave is in
        the refund. why_not: why it was not refunded at once, none where it was. policy_version: of the document that
    said
        so. goods: None of what a person approved. changes: its log, the first one first.

        Attributes:
            request_id (UUID):
            order_id (UUID):
            order_number (str):
            member_id (UUID):
            state (RequestState): Approving and refunding are one transaction, so nothing rests between them.
            ground (RefundGround): Why something is to come back.
            lines (list[RefundLine]):
            worth_fen (int):
            asked_by (RequestedRefundAskedBy):
            asked_by_id (UUID):
            asked_at (str):
            store_id (None | str):
            why_not (list[NotAtOnce]):
            policy_version (int):
            note (None | str):
            refund_id (None | UUID):
            decided_by (None | RequestedRefundDecidedByType0):
            decided_by_id (None | UUID):
            decided_at (None | str):
            reason (None | str):
            goods (GoodsState | None):
            changes (list[RequestChange]):
    """

    request_id: UUID
    order_id: UUID
    order_number: str
    member_id: UUID
    state: RequestState
    ground: RefundGround
    lines: list[RefundLine]
    worth_fen: int
    asked_by: RequestedRefundAskedBy
    asked_by_id: UUID
    asked_at: str
    store_id: None | str
    why_not: list[NotAtOnce]
    policy_version: int
    note: None | str
    refund_id: None | UUID
    decided_by: None | RequestedRefundDecidedByType0
    decided_by_id: None | UUID
    decided_at: None | str
    reason: None | str
    goods: GoodsState | None
    changes: list[RequestChange]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        request_id = str(self.request_id)

        order_id = str(self.order_id)

        order_number = self.order_number

        member_id = str(self.member_id)

        state = self.state.value

        ground = self.ground.value

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        worth_fen = self.worth_fen

        asked_by = self.asked_by.value

        asked_by_id = str(self.asked_by_id)

        asked_at = self.asked_at

        store_id: None | str
        store_id = self.store_id

        why_not = []
        for why_not_item_data in self.why_not:
            why_not_item = why_not_item_data.value
            why_not.append(why_not_item)

        policy_version = self.policy_version

        note: None | str
        note = self.note

        refund_id: None | str
        if isinstance(self.refund_id, UUID):
            refund_id = str(self.refund_id)
        else:
            refund_id = self.refund_id

        decided_by: None | str
        if isinstance(self.decided_by, RequestedRefundDecidedByType0):
            decided_by = self.decided_by.value
        else:
            decided_by = self.decided_by

        decided_by_id: None | str
        if isinstance(self.decided_by_id, UUID):
            decided_by_id = str(self.decided_by_id)
        else:
            decided_by_id = self.decided_by_id

        decided_at: None | str
        decided_at = self.decided_at

        reason: None | str
        reason = self.reason

        goods: None | str
        if isinstance(self.goods, GoodsState):
            goods = self.goods.value
        else:
            goods = self.goods

        changes = []
        for changes_item_data in self.changes:
            changes_item = changes_item_data.to_dict()
            changes.append(changes_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "request_id": request_id,
                "order_id": order_id,
                "order_number": order_number,
                "member_id": member_id,
                "state": state,
                "ground": ground,
                "lines": lines,
                "worth_fen": worth_fen,
                "asked_by": asked_by,
                "asked_by_id": asked_by_id,
                "asked_at": asked_at,
                "store_id": store_id,
                "why_not": why_not,
                "policy_version": policy_version,
                "note": note,
                "refund_id": refund_id,
                "decided_by": decided_by,
                "decided_by_id": decided_by_id,
                "decided_at": decided_at,
                "reason": reason,
                "goods": goods,
                "changes": changes,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.refund_line import RefundLine
        from ..models.request_change import RequestChange

        d = dict(src_dict)
        request_id = UUID(d.pop("request_id"))

        order_id = UUID(d.pop("order_id"))

        order_number = d.pop("order_number")

        member_id = UUID(d.pop("member_id"))

        state = RequestState(d.pop("state"))

        ground = RefundGround(d.pop("ground"))

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = RefundLine.from_dict(lines_item_data)

            lines.append(lines_item)

        worth_fen = d.pop("worth_fen")

        asked_by = RequestedRefundAskedBy(d.pop("asked_by"))

        asked_by_id = UUID(d.pop("asked_by_id"))

        asked_at = d.pop("asked_at")

        def _parse_store_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        store_id = _parse_store_id(d.pop("store_id"))

        why_not = []
        _why_not = d.pop("why_not")
        for why_not_item_data in _why_not:
            why_not_item = NotAtOnce(why_not_item_data)

            why_not.append(why_not_item)

        policy_version = d.pop("policy_version")

        def _parse_note(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        note = _parse_note(d.pop("note"))

        def _parse_refund_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                refund_id_type_0 = UUID(data)

                return refund_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        refund_id = _parse_refund_id(d.pop("refund_id"))

        def _parse_decided_by(data: object) -> None | RequestedRefundDecidedByType0:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                decided_by_type_0 = RequestedRefundDecidedByType0(data)

                return decided_by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RequestedRefundDecidedByType0, data)

        decided_by = _parse_decided_by(d.pop("decided_by"))

        def _parse_decided_by_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                decided_by_id_type_0 = UUID(data)

                return decided_by_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        decided_by_id = _parse_decided_by_id(d.pop("decided_by_id"))

        def _parse_decided_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        decided_at = _parse_decided_at(d.pop("decided_at"))

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))

        def _parse_goods(data: object) -> GoodsState | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                goods_type_0 = GoodsState(data)

                return goods_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(GoodsState | None, data)

        goods = _parse_goods(d.pop("goods"))

        changes = []
        _changes = d.pop("changes")
        for changes_item_data in _changes:
            changes_item = RequestChange.from_dict(changes_item_data)

            changes.append(changes_item)

        requested_refund = cls(
            request_id=request_id,
            order_id=order_id,
            order_number=order_number,
            member_id=member_id,
            state=state,
            ground=ground,
            lines=lines,
            worth_fen=worth_fen,
            asked_by=asked_by,
            asked_by_id=asked_by_id,
            asked_at=asked_at,
            store_id=store_id,
            why_not=why_not,
            policy_version=policy_version,
            note=note,
            refund_id=refund_id,
            decided_by=decided_by,
            decided_by_id=decided_by_id,
            decided_at=decided_at,
            reason=reason,
            goods=goods,
            changes=changes,
        )

        requested_refund.additional_properties = d
        return requested_refund

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
