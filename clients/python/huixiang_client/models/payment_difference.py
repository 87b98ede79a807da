from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.payment_difference_what import PaymentDifferenceWhat

if TYPE_CHECKING:
    from ..models.instruction import Instruction
    from ..models.payment import Payment


T = TypeVar("T", bound="PaymentDifference")


@_attrs_define
class PaymentDifference:
    """Where the two sides part. instruction: as it stands here; payment: as the shop told it.

    Attributes:
        what (PaymentDifferenceWhat):
        instruction (Instruction | None):
        payment (None | Payment):
    """

    what: PaymentDifferenceWhat
    instruction: Instruction | None
    payment: None | Payment
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.instruction import Instruction
        from ..models.payment import Payment

        what = self.what.value

        instruction: dict[str, Any] | None
        if isinstance(self.instruction, Instruction):
            instruction = self.instruction.to_dict()
        else:
            instruction = self.instruction

        payment: dict[str, Any] | None
        if isinstance(self.payment, Payment):
            payment = self.payment.to_dict()
        else:
            payment = self.payment

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "what": what,
                "instruction": instruction,
                "payment": payment,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.instruction import Instruction
        from ..models.payment import Payment

        d = dict(src_dict)
        what = PaymentDifferenceWhat(d.pop("what"))

        def _parse_instruction(data: object) -> Instruction | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                instruction_type_0 = Instruction.from_dict(data)

                return instruction_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Instruction | None, data)

        instruction = _parse_instruction(d.pop("instruction"))

        def _parse_payment(data: object) -> None | Payment:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                payment_type_0 = Payment.from_dict(data)

                return payment_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Payment, data)

        payment = _parse_payment(d.pop("payment"))

        payment_difference = cls(
            what=what,
            instruction=instruction,
            payment=payment,
        )

        payment_difference.additional_properties = d
        return payment_difference

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
