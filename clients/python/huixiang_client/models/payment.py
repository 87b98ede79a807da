from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.payment_kind import PaymentKind

T = TypeVar("T", bound="Payment")


@_attrs_define
class Payment:
    """The same as it was told last, the version-th time that it was told otherwise.

    Attributes:
        reference (str):
        kind (PaymentKind):
        instruction_id (None | UUID):
        fen (int):
        paid_at (str):
        version (int):
    """

    reference: str
    kind: PaymentKind
    instruction_id: None | UUID
    fen: int
    paid_at: str
    version: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        reference = self.reference

        kind = self.kind.value

        instruction_id: None | str
        if isinstance(self.instruction_id, UUID):
            instruction_id = str(self.instruction_id)
        else:
            instruction_id = self.instruction_id

        fen = self.fen

        paid_at = self.paid_at

        version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "reference": reference,
                "kind": kind,
                "instruction_id": instruction_id,
                "fen": fen,
                "paid_at": paid_at,
                "version": version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        reference = d.pop("reference")

        kind = PaymentKind(d.pop("kind"))

        def _parse_instruction_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                instruction_id_type_0 = UUID(data)

                return instruction_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        instruction_id = _parse_instruction_id(d.pop("instruction_id"))

        fen = d.pop("fen")

        paid_at = d.pop("paid_at")

        version = d.pop("version")

        payment = cls(
            reference=reference,
            kind=kind,
            instruction_id=instruction_id,
            fen=fen,
            paid_at=paid_at,
            version=version,
        )

        payment.additional_properties = d
        return payment

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
