from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="PaymentConfirmation")


@_attrs_define
class PaymentConfirmation:
    """The money moved.

    Attributes:
        reference (str): The payment provider's own name for the payment, or for what was paid back.
        paid_at (datetime.datetime):
    """

    reference: str
    paid_at: datetime.datetime

    def to_dict(self) -> dict[str, Any]:
        reference = self.reference

        paid_at = self.paid_at.isoformat()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reference": reference,
                "paid_at": paid_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        reference = d.pop("reference")

        paid_at = datetime.datetime.fromisoformat(d.pop("paid_at"))

        payment_confirmation = cls(
            reference=reference,
            paid_at=paid_at,
        )

        return payment_confirmation
