from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.instruction_kind import InstructionKind
from ..models.instruction_state import InstructionState

T = TypeVar("T", bound="Instruction")


@_attrs_define
class Instruction:
    """One sum of one order, to be charged or given back. cause: what it is for. key: the order's own name for it.

        sent_at: when the shop was last told; tries: how often. settled_at: when it was confirmed or voided here.
    reference,
        paid_at: of the payment that confirmed it. reason: of the last failure. undone_by: the give-back of a charge
    that
        was paid though nobody needed it any more.

        Attributes:
            instruction_id (UUID):
            order_id (UUID):
            member_id (UUID):
            key (str):
            kind (InstructionKind):
            fen (int):
            cause (str):
            state (InstructionState):
            tries (int):
            asked_at (str):
            sent_at (str):
            settled_at (None | str):
            reference (None | str):
            paid_at (None | str):
            reason (None | str):
            undone_by (None | UUID):
    """

    instruction_id: UUID
    order_id: UUID
    member_id: UUID
    key: str
    kind: InstructionKind
    fen: int
    cause: str
    state: InstructionState
    tries: int
    asked_at: str
    sent_at: str
    settled_at: None | str
    reference: None | str
    paid_at: None | str
    reason: None | str
    undone_by: None | UUID
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        instruction_id = str(self.instruction_id)

        order_id = str(self.order_id)

        member_id = str(self.member_id)

        key = self.key

        kind = self.kind.value

        fen = self.fen

        cause = self.cause

        state = self.state.value

        tries = self.tries

        asked_at = self.asked_at

        sent_at = self.sent_at

        settled_at: None | str
        settled_at = self.settled_at

        reference: None | str
        reference = self.reference

        paid_at: None | str
        paid_at = self.paid_at

        reason: None | str
        reason = self.reason

        undone_by: None | str
        if isinstance(self.undone_by, UUID):
            undone_by = str(self.undone_by)
        else:
            undone_by = self.undone_by

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "instruction_id": instruction_id,
                "order_id": order_id,
                "member_id": member_id,
                "key": key,
                "kind": kind,
                "fen": fen,
                "cause": cause,
                "state": state,
                "tries": tries,
                "asked_at": asked_at,
                "sent_at": sent_at,
                "settled_at": settled_at,
                "reference": reference,
                "paid_at": paid_at,
                "reason": reason,
                "undone_by": undone_by,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        instruction_id = UUID(d.pop("instruction_id"))

        order_id = UUID(d.pop("order_id"))

        member_id = UUID(d.pop("member_id"))

        key = d.pop("key")

        kind = InstructionKind(d.pop("kind"))

        fen = d.pop("fen")

        cause = d.pop("cause")

        state = InstructionState(d.pop("state"))

        tries = d.pop("tries")

        asked_at = d.pop("asked_at")

        sent_at = d.pop("sent_at")

        def _parse_settled_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        settled_at = _parse_settled_at(d.pop("settled_at"))

        def _parse_reference(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reference = _parse_reference(d.pop("reference"))

        def _parse_paid_at(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        paid_at = _parse_paid_at(d.pop("paid_at"))

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))

        def _parse_undone_by(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                undone_by_type_0 = UUID(data)

                return undone_by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        undone_by = _parse_undone_by(d.pop("undone_by"))

        instruction = cls(
            instruction_id=instruction_id,
            order_id=order_id,
            member_id=member_id,
            key=key,
            kind=kind,
            fen=fen,
            cause=cause,
            state=state,
            tries=tries,
            asked_at=asked_at,
            sent_at=sent_at,
            settled_at=settled_at,
            reference=reference,
            paid_at=paid_at,
            reason=reason,
            undone_by=undone_by,
        )

        instruction.additional_properties = d
        return instruction

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
